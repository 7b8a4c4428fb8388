/** A batch of operations of one entity, as a function: requests and state in, new state and messages out. */
import { z } from "zod";
import { EventType } from "../../model/history-event";
import { formatEntityId, parseEntityId } from "../../model/entity-id";
import type {
  EntityRequest,
  OutgoingHubMessage,
} from "../../model/hub-message";
import { describeOversizedPayload } from "../../model/payload-limit";
import type { EntityRow } from "../../store/task-hub-store";

/** The trigger value of the entity function. */
export const serializeEntityBatch = (
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

export interface EntityBatchResult {
  readonly row: EntityRow;
  readonly outgoing: readonly OutgoingHubMessage[];
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
export function completeEntityBatch(
  row: EntityRow,
  requests: readonly EntityRequest[],
  answer: string,
  world: World,
): EntityBatchResult {
  const response = responseSchema.parse(JSON.parse(answer));
  if (response.results.length < requests.length)
    throw new Error(
      `The entity function answered ${response.results.length} of ${requests.length} operations.`,
    );
  const problem = oversize(row, response, world);
  if (problem !== undefined) return rejectEntityBatch(row, requests, problem);
  const answers = requests.flatMap((request, index) =>
    answerTo(request, kept(request, response.results[index], world)),
  );
  const signals = response.signals.map(({ target, name, input }) => ({
    to: formatEntityId(target),
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
    describeOversizedPayload(limit, ofState, entityState ?? null) ??
    signals
      .map(({ target, name, input }) => {
        const what = `The input of the signal '${name}' from entity ${entityId} to ${formatEntityId(target)}`;
        return describeOversizedPayload(limit, what, input ?? null);
      })
      .find((problem) => problem !== undefined)
  );
}

/** Every caller is told why; the state and what the operations would have sent stay as they were. */
export function rejectEntityBatch(
  row: EntityRow,
  requests: readonly EntityRequest[],
  problem: string,
): EntityBatchResult {
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
  const problem = describeOversizedPayload(
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
): readonly OutgoingHubMessage[] {
  if (caller === null) return [];
  const Input = JSON.stringify({
    result: result?.result ?? null,
    ...(result?.isError && { exceptionType: "Error" }),
  });
  const event = { EventType: EventType.EventRaised, Name: id, Input };
  const { instanceId, executionId } = caller;
  return [{ to: instanceId, message: { executionId, event } }];
}
