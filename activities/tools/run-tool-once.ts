import { AosError } from "../../src/domain/errors";
import type { Storage, TranscriptMessage } from "../../src/storage/ports";
import type { CallToolInput } from "../../src/domain/contracts";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import { createEvent } from "../../src/domain/history/create-event";
import type { Json } from "../../src/domain/payload";
import { noUsage, type Usage } from "../../src/domain/usage";
import {
  fromTranscriptMessage,
  type TranscriptEntry,
  shortHash,
  toTranscriptMessage,
} from "../transcript";

/** Where the result of a call is recorded. */
export interface TranscriptLocation {
  readonly sessionKey: string;
  readonly turn: number;
  readonly key: string;
}

const toolUsage: Usage = { ...noUsage, toolCalls: 1 };

/**
 * What was recorded for the call, or else the result of `run`, recorded. A tool is run again only when a process died
 * after it ran and before that was written, which is what its idempotency key is for.
 */
export async function runToolOnce(
  { transcripts }: Storage,
  place: TranscriptLocation,
  known: readonly TranscriptMessage[],
  run: () => Promise<TranscriptEntry>,
): Promise<TranscriptEntry> {
  const before = find(known, place);
  if (before !== undefined) return before;
  const result = await run();
  const message = toTranscriptMessage(place.key, place.turn, result);
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
  { key }: TranscriptLocation,
): TranscriptEntry | undefined {
  const found = messages.find((each) => each.key === key);
  return found === undefined ? undefined : fromTranscriptMessage(found);
}

export const toToolEntry = (
  { at, attempt, tool: name }: CallToolInput,
  callId: string,
  result: Json,
): TranscriptEntry => ({
  message: { role: "tool", callId, name, result },
  at,
  attempt,
  usage: toolUsage,
});

/** Built of what was recorded, so that every attempt writes the same row. */
export const createToolEvent = (
  { tool, idempotencyKey }: CallToolInput,
  stepId: string,
  { at, attempt, usage }: TranscriptEntry,
  data: Readonly<Record<string, Json>>,
): OrchestrationEvent =>
  createEvent({
    type: "tool.called",
    at,
    stepId,
    attempt,
    discriminator: shortHash(idempotencyKey),
    data: { tool, idempotencyKey, ...data, usage: { ...usage } },
  });
