/** Pure functions for one batch of operations of an entity. */
import { z } from "zod";
import { EventType } from "../../model/history-event";
import { formatEntityId, parseEntityId } from "../../model/entity-id";
import type {
  EntityRequest,
  OutgoingHubMessage,
} from "../../model/hub-message";
import { describeOversizedPayload } from "../../model/payload-limit";
import type { EntityRow } from "../../store/task-hub-store";

/** The trigger value of an entity function. */
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
  /** Error message when the batch was rejected. */
  readonly problem?: string;
}

interface BatchContext {
  readonly now: number;
  readonly maxPayloadBytes: number;
  newId(): string;
}

type EntityResponse = z.output<typeof responseSchema>;
type OperationResult = EntityResponse["results"][number];

/** Throws when `text`, the return value of the function, is invalid. */
export function completeEntityBatch(
  row: EntityRow,
  requests: readonly EntityRequest[],
  text: string,
  context: BatchContext,
): EntityBatchResult {
  const response = responseSchema.parse(JSON.parse(text));
  if (response.results.length < requests.length)
    throw new Error(
      `The entity function returned ${response.results.length} results for ${requests.length} operations.`,
    );
  const problem = describeOversizedResponse(row, response, context);
  if (problem !== undefined) return rejectEntityBatch(row, requests, problem);
  const responses = requests.flatMap((request, index) =>
    respondTo(request, limitResult(request, response.results[index], context)),
  );
  const signals = response.signals.map(({ target, name, input }) => ({
    to: formatEntityId(target),
    message: {
      id: context.newId(),
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
      updatedAt: context.now,
    },
    outgoing: [...responses, ...signals],
  };
}

function describeOversizedResponse(
  { entityId }: EntityRow,
  { entityState, signals }: EntityResponse,
  { maxPayloadBytes: limit }: BatchContext,
): string | undefined {
  const stateSubject = `The new state of entity ${entityId}`;
  return (
    describeOversizedPayload(limit, stateSubject, entityState ?? null) ??
    signals
      .map(({ target, name, input }) => {
        const subject = `The input of the signal '${name}' from entity ${entityId} to ${formatEntityId(target)}`;
        return describeOversizedPayload(limit, subject, input ?? null);
      })
      .find((problem) => problem !== undefined)
  );
}

/** Responds to all callers with the problem as an error. The state does not change, and no signals are sent. */
export function rejectEntityBatch(
  row: EntityRow,
  requests: readonly EntityRequest[],
  problem: string,
): EntityBatchResult {
  const result = toErrorResult(problem);
  return {
    row,
    outgoing: requests.flatMap((request) => respondTo(request, result)),
    problem,
  };
}

const toErrorResult = (problem: string): OperationResult => ({
  isError: true,
  result: JSON.stringify(problem),
});

/** The result, or an error result when it exceeds the payload limit. */
function limitResult(
  { operation }: EntityRequest,
  result: OperationResult | undefined,
  { maxPayloadBytes }: BatchContext,
): OperationResult | undefined {
  const problem = describeOversizedPayload(
    maxPayloadBytes,
    `The result of operation '${operation}'`,
    result?.result ?? null,
  );
  return problem === undefined ? result : toErrorResult(problem);
}

/** The response event for the calling orchestration. A signal has no caller. */
function respondTo(
  { id, caller }: EntityRequest,
  result: OperationResult | undefined,
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
