/** Claims an orchestration id and starts it, so that it starts once whatever dies when. Rules: `start-rules.ts`. */
import type { Claim } from "../../history/ports";
import type { WorkflowInput } from "../../model/contracts";
import type { Json } from "../../model/payload";
import { findInstance } from "./hub";
import { enterSession } from "./session-turns";
import { startOf } from "./start-input";
import { startInTime } from "./start-in-time";
import { looksAbandoned } from "./start-rules";
import { takeOver } from "./take-over";
import type { World } from "./world";

/** The winner's claim, or undefined for whoever came later and should look at what there is. */
export async function claimAndStart(
  input: WorkflowInput,
  request: {
    readonly fingerprint: string;
    readonly tags: Readonly<Record<string, string>>;
  },
  world: World,
): Promise<Omit<Claim, "etag"> | undefined> {
  const { storage, now } = world;
  const id = input.orchestrationId;
  // Named by its content: writing it for a claim that is lost changes nothing for the winner.
  const start = await storage.payloads.put(id, input as unknown as Json);
  const at = now().toISOString();
  const { name, version } = input.definition;
  const claim = {
    summary: {
      id,
      workflow: name,
      version,
      status: "pending",
      tags: request.tags,
      createdAt: at,
      updatedAt: at,
    },
    fingerprint: request.fingerprint,
    start,
    claimedAt: at,
    ...(input.place !== undefined && { place: input.place, waiting: true }),
  } as const;
  if ((await storage.orchestrations.claim(claim)) === "exists")
    return undefined;
  if (input.place === undefined) await startInTime(claim, input, world);
  else await enterSession({ id, place: input.place }, world);
  return claim;
}

/** Starts what an earlier caller claimed and, because it died, never started. */
export async function startIfAbandoned(
  claim: Claim,
  world: World,
): Promise<void> {
  const { storage, hub, now } = world;
  const { place, waiting, summary } = claim;
  if (place !== undefined && waiting === true) {
    await enterSession({ id: summary.id, place }, world);
    return;
  }
  const takenAt = now();
  if (!looksAbandoned(claim, takenAt)) return;
  const { state } = await findInstance(hub, claim.summary.id);
  if (state !== "absent") return;
  const input = await startOf(claim, storage);
  if (!(await takeOver(claim, takenAt, "starter_died", world))) return;
  await startInTime({ claimedAt: takenAt.toISOString() }, input, world);
}
