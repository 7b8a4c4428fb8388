import { formatEntityId, parseEntityId } from "../model/entity-id";
import { describeUnknownFunction } from "../model/failure";
import { toJsonOrNull } from "../model/function-value";
import { EventType } from "../model/history-event";
import type { EntityMessage } from "../model/hub-message";
import type { Instance } from "../model/instance";
import type { EpisodeContext, HubDecision } from "./decision";
import type { TaskRequest } from "./task-request";

type RequestOfKind<Kind extends TaskRequest["kind"]> = Extract<
  TaskRequest,
  { kind: Kind }
>;

/** The decision for a message to an entity, or an error message when the request is invalid. */
export function createEntityDecision(
  id: number,
  request: RequestOfKind<"entity" | "lock" | "release">,
  instance: Instance,
  context: EpisodeContext,
): HubDecision | string {
  switch (request.kind) {
    case "entity":
      return (
        describeUnknownEntity(request.entityId, context) ??
        callEntity(id, request, instance, context)
      );
    case "lock":
      return requestLock(id, request, instance, context);
    case "release":
      return sendToEntity(id, request.entityId, "release", {
        releasedBy: instance.instanceId,
      });
  }
}

const describeUnknownEntity = (
  entityId: string,
  { functions }: EpisodeContext,
): string | undefined =>
  describeUnknownFunction(
    "entity",
    parseEntityId(entityId).name,
    functions.entity,
  );

/** `recorded` has the fields that the client library reads, in particular the id of the response event. */
const sendToEntity = (
  id: number,
  to: string,
  name: "op" | "release",
  message: EntityMessage,
  recorded: object = message,
): HubDecision => ({
  event: {
    EventType: EventType.EventSent,
    EventId: id,
    InstanceId: to,
    Name: name,
    Input: JSON.stringify(recorded),
  },
  outgoing: { to, message },
});

function callEntity(
  id: number,
  { entityId, operation, input, isCall }: RequestOfKind<"entity">,
  { instanceId, executionId }: Instance,
  context: EpisodeContext,
): HubDecision {
  const message = {
    id: context.newId(),
    operation,
    input: toJsonOrNull(input),
    caller: isCall ? { instanceId, executionId } : null,
  };
  const to = formatEntityId(parseEntityId(entityId));
  return sendToEntity(id, to, "op", message, {
    op: operation,
    signal: !isCall,
    input: message.input,
    id: message.id,
    parent: instanceId,
    parentExecution: executionId,
  });
}

function requestLock(
  id: number,
  { entityIds: lockSet }: RequestOfKind<"lock">,
  { instanceId, executionId }: Instance,
  context: EpisodeContext,
): HubDecision | string {
  const [first] = lockSet;
  if (first === undefined) return "A critical section needs an entity.";
  const problem = lockSet
    .map((entityId) => describeUnknownEntity(entityId, context))
    .find((unknown) => unknown !== undefined);
  if (problem !== undefined) return problem;
  const caller = { instanceId, executionId };
  const message = { id: context.newId(), caller, lockSet, position: 0 };
  return sendToEntity(id, first, "op", message, {
    op: null,
    id: message.id,
    parent: instanceId,
    lockset: lockSet.map(parseEntityId),
    pos: 0,
  });
}
