import type { CallToolInput } from "../../src/domain/contracts";
import { AosError } from "../../src/domain/errors";
import { createEvent } from "../../src/domain/history/create-event";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import type { Json } from "../../src/domain/payload";
import { noUsage, type Usage } from "../../src/domain/usage";
import type { Storage, TranscriptMessage } from "../../src/storage/ports";
import {
  fromTranscriptMessage,
  shortHash,
  toTranscriptMessage,
  type TranscriptEntry,
} from "../transcript";

/** The transcript entry of a tool result. */
interface TranscriptLocation {
  readonly sessionKey: string;
  readonly turn: number;
  readonly key: string;
}

const toolUsage: Usage = { ...noUsage, toolCalls: 1 };

/**
 * Returns the recorded result of a call, or else runs the tool and records its result. A tool runs again only after a
 * crash between its execution and the record; its idempotency key covers that case.
 */
export async function runToolOnce(
  { transcripts }: Storage,
  location: TranscriptLocation,
  messages: readonly TranscriptMessage[],
  run: () => Promise<TranscriptEntry>,
): Promise<TranscriptEntry> {
  const recorded = findEntry(messages, location);
  if (recorded !== undefined) return recorded;
  const { sessionKey, turn, key } = location;
  const entry = await run();
  const message = toTranscriptMessage(key, turn, entry);
  if (await transcripts.append(sessionKey, [message])) return entry;
  // A concurrent attempt was faster. Its result may already be in use, so it is the one to return.
  const earlier = findEntry(
    await transcripts.read(sessionKey, { turn, from: turn, except: [] }),
    location,
  );
  if (earlier !== undefined) return earlier;
  throw new AosError(
    "internal_error",
    `The result of a tool call in session "${sessionKey}" was recorded by another attempt and cannot be read.`,
  );
}

function findEntry(
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

/** Derived from the recorded entry, so that every attempt writes the same event. */
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
