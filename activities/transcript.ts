/**
 * Transcript entries of activities. A key identifies the request that its message answers, so that a repeated request
 * finds the message: `<turn>-<round>-<kind>`, sorted in conversation order.
 */
import type { TurnRef } from "../src/domain/contracts";
import type { Json } from "../src/domain/payload";
import { sha256Hex } from "../src/domain/sha256";
import type { ModelIdentity, Usage } from "../src/domain/usage";
import type { ChatMessage } from "../src/models/language-model";
import type { TranscriptMessage, TranscriptStore } from "../src/storage/ports";

/** A message, and the data of its history event: time and attempt of the call that was recorded, and its usage. */
export interface TranscriptEntry<Message extends ChatMessage = ChatMessage> {
  readonly message: Message;
  readonly at: string;
  readonly attempt: number;
  readonly usage: Usage;
  /** The model that answered. */
  readonly model?: string;
  /** The model that was requested. */
  readonly requestedModel?: ModelIdentity;
}
export type AssistantMessage = Extract<ChatMessage, { role: "assistant" }>;

const padNumber = (value: number, digits: number): string =>
  String(value).padStart(digits, "0");
const roundKey = (turn: number, round: number): string =>
  `${padNumber(turn, 8)}-${padNumber(round, 4)}`;

export const promptKey = (turn: number): string => `${roundKey(turn, 0)}-0`;
export const assistantKey = (turn: number, round: number): string =>
  `${roundKey(turn, round)}-1`;
/** `index` is the position of the call in its message. The provider's `id` may contain any characters. */
export const toolKey = (
  turn: number,
  round: number,
  call: { readonly index: number; readonly id: string },
): string =>
  `${roundKey(turn, round)}-2-${padNumber(call.index, 4)}-${shortHash(call.id)}`;

export const shortHash = (text: string): string => sha256Hex(text).slice(0, 16);

export const toTranscriptMessage = (
  key: string,
  turn: number,
  entry: TranscriptEntry,
): TranscriptMessage => ({
  key,
  turn,
  // JSON, except that tool arguments may be undefined: these are omitted, and undefined again when read.
  message: entry as unknown as Json,
});

export const fromTranscriptMessage = ({
  message,
}: TranscriptMessage): TranscriptEntry => message as unknown as TranscriptEntry;

/** The messages before and in this turn, in order. */
export const readTranscript = async (
  transcripts: TranscriptStore,
  { sessionKey, turn, concurrentTurns }: TurnRef,
): Promise<readonly TranscriptMessage[]> =>
  transcripts.read(sessionKey, { turn, except: concurrentTurns });

export const readTurn = async (
  transcripts: TranscriptStore,
  { sessionKey, turn }: TurnRef,
): Promise<readonly TranscriptMessage[]> =>
  transcripts.read(sessionKey, { turn, except: [], from: turn });

export const findAssistant = (
  messages: readonly TranscriptMessage[],
  key: string,
): TranscriptEntry<AssistantMessage> | undefined => {
  const found = messages.find((each) => each.key === key);
  if (found === undefined) return undefined;
  const entry = fromTranscriptMessage(found);
  const { message } = entry;
  return message.role === "assistant" ? { ...entry, message } : undefined;
};
