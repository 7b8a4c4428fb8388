/** A batch of operations of one entity, as a function: requests and state in, new state and messages out. */
import { z } from "zod";
import { EventType } from "./history-event";
import { entityIdText, parseEntityId } from "./entity-id";
import type { EntityRequest, Outgoing } from "./message";
import type { EntityRow } from "./store";

/** The trigger value of the entity function. */
export const batchText = (
  row: EntityRow,
  requests: readonly EntityRequest[],
): string =>
  JSON.stringify({
    self: parseEntityId(row.entityId),
    exists: row.exists,
    state: row.state,
    batch: requests.map(({ operation, input, caller }) => ({
      name: operation,
      input,
      isSignal: caller === null,
    })),
  });

const responseSchema = z.object({
  entityExists: z.boolean(),
  entityState: z.string().nullish(),
  results: z.array(
    z.object({ isError: z.boolean(), result: z.string().nullish() }),
  ),
  signals: z.array(
    z.object({
      target: z.object({ name: z.string(), key: z.string() }),
      name: z.string(),
      input: z.string().nullish(),
    }),
  ),
});

export interface BatchEnd {
  readonly row: EntityRow;
  readonly outgoing: readonly Outgoing[];
}

/** Throws when the function's answer cannot be used; nothing of the batch counts then. */
export function endBatch(
  row: EntityRow,
  requests: readonly EntityRequest[],
  answer: string,
  world: { readonly now: number; newId(): string },
): BatchEnd {
  const response = responseSchema.parse(JSON.parse(answer));
  if (response.results.length < requests.length)
    throw new Error(
      `The entity function answered ${response.results.length} of ${requests.length} operations.`,
    );
  const answers = requests.flatMap((request, index) =>
    answerTo(request, response.results[index]),
  );
  const signals = response.signals.map(({ target, name, input }) => ({
    to: entityIdText(target),
    message: {
      id: world.newId(),
      operation: name,
      input: input === "" ? null : (input ?? null),
      caller: null,
    },
  }));
  return {
    row: {
      entityId: row.entityId,
      exists: response.entityExists,
      state: response.entityState ?? null,
      lockedBy: row.lockedBy,
      updatedAt: world.now,
    },
    outgoing: [...answers, ...signals],
  };
}

/** The event that a calling orchestration waits for; nothing for a signal. */
export function answerTo(
  { id, caller }: EntityRequest,
  result:
    | { readonly isError: boolean; readonly result?: string | null | undefined }
    | undefined,
): readonly Outgoing[] {
  if (caller === null) return [];
  const Input = JSON.stringify({
    result: result?.result ?? null,
    ...(result?.isError && { exceptionType: "Error" }),
  });
  const event = { EventType: EventType.EventRaised, Name: id, Input };
  const { instanceId, executionId } = caller;
  return [{ to: instanceId, message: { executionId, event } }];
}
