import { createEntityDecision } from "./create-entity-decision";
import type { EpisodeContext, HubDecision } from "./decision";
import { describeUnknownFunction } from "../model/failure";
import { toJsonOrNull } from "../model/function-value";
import {
  type DecisionEvent,
  EventType,
  type TaskFailure,
} from "../model/history-event";
import type { Instance } from "../model/instance";
import { describeOversizedPayload } from "../model/payload-limit";
import {
  httpActivityName,
  requestLabel,
  type TaskRequest,
} from "./task-request";

/** The decision for a new request, or an error message when the request is invalid. */
export function createDecision(
  id: number,
  request: TaskRequest,
  instance: Instance,
  context: EpisodeContext,
): HubDecision | string {
  const problem = describeMissingFunction(request, context);
  if (problem !== undefined) return problem;
  const decision = decide(id, request, instance, context);
  return typeof decision === "string"
    ? decision
    : (describeOversizedInput(request, decision, context) ?? decision);
}

function describeMissingFunction(
  request: TaskRequest,
  { functions }: EpisodeContext,
): string | undefined {
  switch (request.kind) {
    case "activity":
      return describeUnknownFunction(
        "activity",
        request.name,
        functions.activity,
      );
    case "child":
      return describeUnknownFunction(
        "orchestrator",
        request.name,
        functions.orchestrator,
      );
    default:
      return undefined;
  }
}

function describeOversizedInput(
  request: TaskRequest,
  { activity, child, outgoing }: HubDecision,
  { maxPayloadBytes }: EpisodeContext,
): string | undefined {
  const message = outgoing?.message;
  const input =
    activity?.input ??
    child?.input ??
    (message && "operation" in message ? message.input : null);
  const { kind, name } = requestLabel(request);
  const receiver = request.kind === "entity" ? request.entityId : name;
  return describeOversizedPayload(
    maxPayloadBytes,
    `The input of ${kind} '${receiver}'`,
    input,
  );
}

function decide(
  id: number,
  request: TaskRequest,
  instance: Instance,
  context: EpisodeContext,
): HubDecision | string {
  switch (request.kind) {
    case "activity":
      return scheduleActivity(id, request.name, toJsonOrNull(request.input));
    case "http":
      return scheduleActivity(
        id,
        httpActivityName,
        JSON.stringify(request.call),
      );
    case "skippedAttempt":
      return failSkippedAttempt(id, request.name, request.failure, instance);
    case "child":
      return startChild(id, request, instance, context);
    case "timer":
      return createTimer(id, request.fireAt);
    default:
      return createEntityDecision(id, request, instance, context);
  }
}

const taskScheduled = (id: number, name: string): DecisionEvent => ({
  EventType: EventType.TaskScheduled,
  EventId: id,
  Name: name,
  Input: null,
});

const scheduleActivity = (
  id: number,
  name: string,
  input: string | null,
): HubDecision => ({
  event: taskScheduled(id, name),
  activity: { taskId: id, name, input },
});

/** Records the attempt and its failure without calling the function. */
const failSkippedAttempt = (
  id: number,
  name: string,
  { Reason, Details, FailureDetails }: TaskFailure,
  { instanceId, executionId }: Instance,
): HubDecision => ({
  event: taskScheduled(id, name),
  outgoing: {
    to: instanceId,
    message: {
      executionId,
      event: {
        EventType: EventType.TaskFailed,
        TaskScheduledId: id,
        Reason,
        Details,
        FailureDetails,
      },
    },
  },
});

const createTimer = (id: number, fireAt: number): HubDecision => ({
  event: {
    EventType: EventType.TimerCreated,
    EventId: id,
    FireAt: new Date(fireAt).toISOString(),
  },
  timer: { timerId: id, fireAt },
});

function startChild(
  id: number,
  request: Extract<TaskRequest, { kind: "child" }>,
  parent: Instance,
  context: EpisodeContext,
): HubDecision | string {
  const instanceId = request.instanceId ?? `${parent.executionId}:${id}`;
  if (
    instanceId === parent.instanceId ||
    instanceId === parent.parent?.instanceId ||
    instanceId.startsWith("@")
  )
    return `A sub-orchestration cannot have the instance id '${instanceId}': use an id that does not start with '@' and is not the id of a parent orchestration.`;
  return {
    event: {
      EventType: EventType.SubOrchestrationInstanceCreated,
      EventId: id,
      Name: request.name,
      InstanceId: instanceId,
      Input: null,
    },
    child: {
      instanceId,
      executionId: context.newId(),
      name: request.name,
      version: request.version ?? context.defaultVersion,
      input: toJsonOrNull(request.input),
      parent: {
        name: parent.name,
        instanceId: parent.instanceId,
        executionId: parent.executionId,
        taskScheduledId: id,
      },
    },
  };
}
