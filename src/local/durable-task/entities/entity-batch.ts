/** A batch of operations of one entity, as a function: requests and state in, new state and messages out. */
import { z } from "zod";
import { EventType } from "../history-event";
import { entityIdText, parseEntityId } from "../entity-id";
import type { EntityRequest, Outgoing } from "../message";
import { tooLargeFor } from "../payload-limit";
import type { EntityRow } from "../store/store";

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
  /** Why the batch has changed nothing, as a sentence. */
  readonly problem?: string;
}

interface World {
  readonly now: number;
  readonly maxPayloadBytes: number;
  newId(): string;
}

type Result = z.output<typeof responseSchema>["results"][number];

/** Throws when the function's answer cannot be used; nothing of the batch counts then. */
export function endBatch(
  row: EntityRow,
  requests: readonly EntityRequest[],
  answer: string,
  world: World,
): BatchEnd {
  const response = responseSchema.parse(JSON.parse(answer));
  if (response.results.length < requests.length)
    throw new Error(
      `The entity function answered ${response.results.length} of ${requests.length} operations.`,
    );
  const problem = oversize(row, response, world);
  if (problem !== undefined) return refusedBatch(row, requests, problem);
  const answers = requests.flatMap((request, index) =>
    answerTo(request, kept(request, response.results[index], world)),
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

function oversize(
  { entityId }: EntityRow,
  { entityState, signals }: z.output<typeof responseSchema>,
  { maxPayloadBytes: limit }: World,
): string | undefined {
  const ofState = `The new state of entity ${entityId}`;
  return (
    tooLargeFor(limit, ofState, entityState ?? null) ??
    signals
      .map(({ target, name, input }) => {
        const what = `The input of the signal '${name}' from entity ${entityId} to ${entityIdText(target)}`;
        return tooLargeFor(limit, what, input ?? null);
      })
      .find((problem) => problem !== undefined)
  );
}

/** Every caller is told why; the state and what the operations would have sent stay as they were. */
export function refusedBatch(
  row: EntityRow,
  requests: readonly EntityRequest[],
  problem: string,
): BatchEnd {
  const result = failedWith(problem);
  return {
    row,
    outgoing: requests.flatMap((request) => answerTo(request, result)),
    problem,
  };
}

const failedWith = (problem: string): Result => ({
  isError: true,
  result: JSON.stringify(problem),
});

/** The result, or that it is too large to be passed on. */
function kept(
  { operation }: EntityRequest,
  result: Result | undefined,
  { maxPayloadBytes }: World,
): Result | undefined {
  const problem = tooLargeFor(
    maxPayloadBytes,
    `The result of operation '${operation}'`,
    result?.result ?? null,
  );
  return problem === undefined ? result : failedWith(problem);
}

/** The event that a calling orchestration waits for; nothing for a signal. */
function answerTo(
  { id, caller }: EntityRequest,
  result: Result | undefined,
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
