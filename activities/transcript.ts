/**
 * What activities write into transcripts, and under which keys. A key says what the message is an answer to, so that
 * the same question asked again finds it: `<turn>-<round>-<what>`, sorted as the conversation went.
 */
import { createHash } from "node:crypto";
import type { ChatMessage } from "../src/models/language-model";
import type { TranscriptMessage, TranscriptStore } from "../src/storage/ports";
import type { ModelIdentity, TurnRef } from "../src/domain/contracts";
import type { Json } from "../src/domain/payload";
import type { Usage } from "../src/domain/usage";

/** A message, and what is told of it in history: who asked first, and what it cost. */
export interface TranscriptEntry<Message extends ChatMessage = ChatMessage> {
  readonly message: Message;
  readonly at: string;
  readonly attempt: number;
  readonly usage: Usage;
  /** The model that wrote it. */
  readonly model?: string;
  /** What was asked for it. */
  readonly asked?: ModelIdentity;
}
export type AssistantMessage = Extract<ChatMessage, { role: "assistant" }>;

const padded = (count: number, digits: number): string =>
  String(count).padStart(digits, "0");
const roundKey = (turn: number, round: number): string =>
  `${padded(turn, 8)}-${padded(round, 4)}`;

export const promptKey = (turn: number): string => `${roundKey(turn, 0)}-0`;
export const assistantKey = (turn: number, round: number): string =>
  `${roundKey(turn, round)}-1`;
/** `position` of the call among those of its message; the id, which the provider made up, may be anything. */
export const toolKey = (
  turn: number,
  round: number,
  call: { readonly position: number; readonly id: string },
): string =>
  `${roundKey(turn, round)}-2-${padded(call.position, 4)}-${shortHash(call.id)}`;

export const shortHash = (id: string): string =>
  createHash("sha256").update(id).digest("hex").slice(0, 16);

export const toTranscriptMessage = (
  key: string,
  turn: number,
  recorded: TranscriptEntry,
): TranscriptMessage => ({
  key,
  turn,
  // Made of JSON but for the arguments that were none, which are left out and read back as such.
  message: recorded as unknown as Json,
});

export const fromTranscriptMessage = ({
  message,
}: TranscriptMessage): TranscriptEntry => message as unknown as TranscriptEntry;

/** The conversation that a turn continues, in order. */
export const readTranscript = async (
  transcripts: TranscriptStore,
  { sessionKey, turn, concurrentTurns }: TurnRef,
): Promise<readonly TranscriptMessage[]> =>
  transcripts.read(sessionKey, { turn, except: concurrentTurns });

/** The messages of one turn. */
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
  const recorded = fromTranscriptMessage(found);
  const { message } = recorded;
  return message.role === "assistant" ? { ...recorded, message } : undefined;
};
