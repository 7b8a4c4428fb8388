/**
 * A turn as its session's transcript keeps it. Every message has a key made of its turn, round and kind, so that a
 * call that is made again finds what it has said before, and says it no second time.
 */
import type { ChatMessage, ToolCall } from "../src/agents/model";
import type { TranscriptMessage, TranscriptStore } from "../src/history/ports";
import type { TurnRef } from "../src/model/contracts";
import type { Json } from "../src/model/payload";
import type { Usage } from "../src/model/usage";

/** A model's answer with what its history row says of it, so that the row can be written again as it was. */
export interface RecordedAnswer {
  readonly role: "assistant";
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly model: string;
  readonly usage: Usage;
  readonly at: string;
  readonly attempt: number;
}
export interface RecordedResult {
  readonly role: "tool";
  readonly callId: string;
  readonly name: string;
  readonly result: Json;
  readonly isError: boolean;
  readonly at: string;
  readonly attempt: number;
}
export type Recorded =
  | { readonly role: "user"; readonly text: string }
  | RecordedAnswer
  | RecordedResult;

const padded = (number: number, digits: number): string =>
  String(number).padStart(digits, "0");

export const promptKey = ({ turn }: TurnRef): string =>
  `${padded(turn, 8)}-0000-0-prompt`;
export const answerKey = ({ turn }: TurnRef, round: number): string =>
  `${padded(turn, 8)}-${padded(round, 4)}-1-answer`;
/** Call ids are the model provider's invention; as a key they must not hold what tables refuse. */
export const resultKey = (
  { turn }: TurnRef,
  round: number,
  callId: string,
): string =>
  `${padded(turn, 8)}-${padded(round, 4)}-2-${encodeURIComponent(callId).replaceAll("%", "=")}`;

/** What has been said up to and in this turn, by key; turns that run beside it are not part of it. */
export async function readTurn(
  transcripts: TranscriptStore,
  { sessionKey, turn, concurrentTurns }: TurnRef,
): Promise<ReadonlyMap<string, Recorded>> {
  const messages = await transcripts.read(sessionKey, {
    turn,
    except: concurrentTurns,
  });
  return new Map(
    messages.map(({ key, message }) => [key, message as unknown as Recorded]),
  );
}

export const transcriptMessage = (
  { turn }: TurnRef,
  key: string,
  message: Recorded,
): TranscriptMessage => ({
  key,
  turn,
  // A call whose arguments were no JSON has none: `undefined` is left out.
  message: JSON.parse(JSON.stringify(message)) as Json,
});

/** A message as the model is shown it. */
export function chatMessage(message: Recorded): ChatMessage {
  switch (message.role) {
    case "user":
      return message;
    case "assistant": {
      const { role, text, toolCalls } = message;
      return { role, text, toolCalls };
    }
    case "tool": {
      const { role, callId, name, result } = message;
      return { role, callId, name, result };
    }
  }
}
