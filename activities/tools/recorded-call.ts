import { AosError } from "../../src/errors";
import type { Storage, TranscriptMessage } from "../../src/history/ports";
import type { CallToolInput } from "../../src/model/contracts";
import type { HistoryRow } from "../../src/model/history";
import { historyRow } from "../../src/model/history-rows";
import type { Json } from "../../src/model/payload";
import { noUsage, type Usage } from "../../src/model/usage";
import {
  fromTranscript,
  type Recorded,
  shortened,
  toTranscript,
} from "../transcript";

/** Where the result of a call is recorded. */
export interface Place {
  readonly sessionKey: string;
  readonly turn: number;
  readonly key: string;
}

const toolUsage: Usage = { ...noUsage, toolCalls: 1 };

/**
 * What was recorded for the call, or else the result of `run`, recorded. A tool is run again only when a process died
 * after it ran and before that was written, which is what its idempotency key is for.
 */
export async function recordedCall(
  { transcripts }: Storage,
  place: Place,
  known: readonly TranscriptMessage[],
  run: () => Promise<Recorded>,
): Promise<Recorded> {
  const before = find(known, place);
  if (before !== undefined) return before;
  const result = await run();
  const message = toTranscript(place.key, place.turn, result);
  if (await transcripts.append(place.sessionKey, [message])) return result;
  // Another attempt at the same call was quicker; what others have seen is what counts.
  const turn = { turn: place.turn, from: place.turn, except: [] };
  const earlier = find(await transcripts.read(place.sessionKey, turn), place);
  if (earlier !== undefined) return earlier;
  throw new AosError(
    "internal_error",
    `The result of a tool call in session "${place.sessionKey}" was recorded by another attempt and cannot be read.`,
  );
}

function find(
  messages: readonly TranscriptMessage[],
  { key }: Place,
): Recorded | undefined {
  const found = messages.find((each) => each.key === key);
  return found === undefined ? undefined : fromTranscript(found);
}

export const toRecorded = (
  { at, attempt, tool: name }: CallToolInput,
  callId: string,
  result: Json,
): Recorded => ({
  message: { role: "tool", callId, name, result },
  at,
  attempt,
  usage: toolUsage,
});

/** Built of what was recorded, so that every attempt writes the same row. */
export const toolRow = (
  { tool, idempotencyKey }: CallToolInput,
  stepId: string,
  { at, attempt, usage }: Recorded,
  data: Readonly<Record<string, Json>>,
): HistoryRow =>
  historyRow({
    type: "tool.called",
    at,
    stepId,
    attempt,
    discriminator: shortened(idempotencyKey),
    data: { tool, idempotencyKey, ...data, usage: { ...usage } },
  });
