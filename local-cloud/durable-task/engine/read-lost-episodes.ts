import { z } from "zod";
import type { LostEpisodesOptions } from "./orchestrations/lost-episodes";

/** Turns the fault mode on for any host on this machine. The value is JSON: `{"seed":1,"rate":0.2}`. */
export const lostEpisodesVariable = "AZURE_LOCAL_CLOUD_LOST_EPISODES";

const schema = z.strictObject({
  seed: z.int(),
  rate: z.number().min(0).max(1),
});

/** The options, undefined when no episode is lost; or an error message. Explicit options override the environment variable. */
export function readLostEpisodes(
  options: LostEpisodesOptions | undefined,
  variable: string | undefined,
): LostEpisodesOptions | undefined | string {
  if (options === undefined && (variable ?? "") === "") return undefined;
  const { data, error } = schema.safeParse(options ?? parseJson(variable));
  if (data) return data;
  const [issue] = error.issues;
  const path = ["lostEpisodes", ...(issue?.path ?? [])].join(".");
  return `${path}: ${issue?.message ?? ""}. Set ${lostEpisodesVariable} to JSON such as {"seed":1,"rate":0.2}, with an integer seed and a rate from 0 to 1, or remove it.`;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return text; // the schema rejects a string
  }
}
