/**
 * Matches results with calls. On Azure Storage the engine sends the messages of an episode before it commits the
 * episode's history. If the commit fails, the episode runs again, possibly with other events, and gives the same task
 * numbers to other calls. The results of the first run still arrive, under numbers that now belong to other calls
 * (docs/adr/0012-keys-of-answers.md).
 *
 * 1. Every result of an activity, a step or an entity operation contains the key of its call.
 * 2. Calls with the same key have the same result, whichever of them produced it. So an answer with the key of a call is
 *    a result of this call, and any other value is not.
 */
import { z } from "zod";
import type { Failure } from "../errors";

export type TaskResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** The input of an activity function. */
export interface KeyedInput<Input> {
  /** The key of the call. */
  readonly call: string;
  readonly input: Input;
}

/** The result of an activity, a step or an entity operation, as orchestration histories contain it. */
export type Answer<Value> = TaskResult<Value> & { readonly call: string };

const answerSchema = z.discriminatedUnion("ok", [
  z.object({ call: z.string(), ok: z.literal(true), value: z.unknown() }),
  z.object({
    call: z.string(),
    ok: z.literal(false),
    failure: z.object({ code: z.string(), message: z.string() }),
  }),
]);

/** Returns undefined for anything that is not an answer to the call. */
export function readAnswer<Value>(
  call: string,
  received: unknown,
): TaskResult<Value> | undefined {
  const { data: answer } = answerSchema.safeParse(received);
  if (answer?.call !== call) return undefined;
  return answer.ok
    ? { ok: true, value: answer.value as Value }
    : { ok: false, failure: answer.failure };
}

/** How often a call is repeated because its answer is unknown. */
export const maxUnknownAnswers = 50;

export const answerUnknown = {
  ok: false,
  failure: {
    code: "answer_unknown",
    message: `The task hub returned results of other calls ${maxUnknownAnswers} times in succession. Check that no two hosts with the same machine name use the task hub, and start a new orchestration.`,
  },
} as const;
