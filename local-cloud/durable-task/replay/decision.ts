import { formatEntityId, parseEntityId } from "../model/entity-id";
import { unknownFunctionMessage } from "../model/failure";
import { toJsonOrNull } from "../model/function-value";
import {
  type DecisionEvent,
  EventType,
  type TaskFailure,
} from "../model/history-event";
import type { Instance, NewInstance } from "../model/instance";
import type { EntityMessage, OutgoingHubMessage } from "../model/hub-message";
import {
  httpActivityName,
  requestLabel,
  type TaskRequest,
} from "./task-request";
import type { ReplayLimits } from "./limits";
import { describeOversizedPayload } from "../model/payload-limit";

/** Names of the app's functions by kind; looked up without regard to case. */
export interface KnownFunctions {
  readonly orchestrator: readonly string[];
  readonly activity: readonly string[];
  readonly entity: readonly string[];
}

/** What a decision depends on besides the history: parameters, so that an episode can be tested as a function. */
export interface EpisodeContext {
  readonly newId: () => string;
  readonly functions: KnownFunctions;
  readonly defaultVersion: string;
  readonly limits: ReplayLimits;
  readonly maxActions: number;
  readonly maxPayloadBytes: number;
}

export interface ActivityCall {
  readonly taskId: number;
  readonly name: string;
  /** JSON text. */
  readonly input: string | null;
}
interface TimerSetting {
  readonly timerId: number;
  readonly fireAt: number;
}

/** A decision and what follows from it once it is on disk; one of the effects is set. */
export interface HubDecision {
  readonly event: DecisionEvent;
  readonly activity?: ActivityCall;
  readonly child?: NewInstance;
  readonly timer?: TimerSetting;
  readonly outgoing?: OutgoingHubMessage;
}

type Asked<Kind extends TaskRequest["kind"]> = Extract<
  TaskRequest,
  { kind: Kind }
>;

/** The decision for something that is asked for the first time, or why it cannot be, as a sentence. */
export function createDecision(
  id: number,
  request: TaskRequest,
  instance: Instance,
  world: EpisodeContext,
): HubDecision | string {
  const decision = decisionFor(id, request, instance, world);
  return typeof decision === "string"
    ? decision
    : (oversize(request, decision, world) ?? decision);
}

function oversize(
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
  const to = request.kind === "entity" ? request.entityId : name;
  return describeOversizedPayload(
    maxPayloadBytes,
    `The input of ${kind} '${to}'`,
    input,
  );
}

function decisionFor(
  id: number,
  request: TaskRequest,
  instance: Instance,
  world: EpisodeContext,
): HubDecision | string {
  switch (request.kind) {
    case "activity":
      return (
        missing("activity", request.name, world) ??
        scheduleActivity(id, request.name, toJsonOrNull(request.input))
      );
    case "http":
      return scheduleActivity(
        id,
        httpActivityName,
        JSON.stringify(request.call),
      );
    case "givenUp":
      return giveUp(id, request.name, request.failure, instance);
    case "child":
      return (
        missing("orchestrator", request.name, world) ??
        startChild(id, request, instance, world)
      );
    case "timer":
      return setTimer(id, request.fireAt);
    default:
      return decideMessage(id, request, instance, world);
  }
}

function decideMessage(
  id: number,
  request: Asked<"entity" | "lock" | "release">,
  instance: Instance,
  world: EpisodeContext,
): HubDecision | string {
  switch (request.kind) {
    case "entity":
      return (
        missing("entity", parseEntityId(request.entityId).name, world) ??
        askEntity(id, request, instance, world)
      );
    case "lock":
      return askForLock(id, request, instance, world);
    case "release":
      return sent(id, request.entityId, "release", {
        releasedBy: instance.instanceId,
      });
  }
}

function missing(
  kind: keyof KnownFunctions,
  name: string,
  { functions }: EpisodeContext,
): string | undefined {
  const wanted = name.toLowerCase();
  return functions[kind].some((known) => known.toLowerCase() === wanted)
    ? undefined
    : unknownFunctionMessage(kind, name, functions[kind]);
}

const scheduled = (id: number, name: string): DecisionEvent => ({
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
  event: scheduled(id, name),
  activity: { taskId: id, name, input },
});

/** An attempt that is not made fails by a message, like one that was. */
const giveUp = (
  id: number,
  name: string,
  { Reason, Details, FailureDetails }: TaskFailure,
  { instanceId, executionId }: Instance,
): HubDecision => ({
  event: scheduled(id, name),
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

const setTimer = (id: number, fireAt: number): HubDecision => ({
  event: {
    EventType: EventType.TimerCreated,
    EventId: id,
    FireAt: new Date(fireAt).toISOString(),
  },
  timer: { timerId: id, fireAt },
});

function startChild(
  id: number,
  request: Asked<"child">,
  parent: Instance,
  world: EpisodeContext,
): HubDecision | string {
  const instanceId = request.instanceId ?? `${parent.executionId}:${id}`;
  if (
    instanceId === parent.instanceId ||
    instanceId === parent.parent?.instanceId ||
    instanceId.startsWith("@")
  )
    return `A sub-orchestration cannot have the instance id '${instanceId}': choose one that is neither its parent's nor an entity's.`;
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
      executionId: world.newId(),
      name: request.name,
      version: request.version ?? world.defaultVersion,
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

/** The event has of the message what the client library reads: the id under which the answer will come. */
const sent = (
  id: number,
  to: string,
  name: "op" | "release",
  message: EntityMessage,
  wire: object = message,
): HubDecision => ({
  event: {
    EventType: EventType.EventSent,
    EventId: id,
    InstanceId: to,
    Name: name,
    Input: JSON.stringify(wire),
  },
  outgoing: { to, message },
});

function askEntity(
  id: number,
  { entityId, operation, input, isCall }: Asked<"entity">,
  { instanceId, executionId }: Instance,
  world: EpisodeContext,
): HubDecision {
  const message = {
    id: world.newId(),
    operation,
    input: toJsonOrNull(input),
    caller: isCall ? { instanceId, executionId } : null,
  };
  return sent(id, formatEntityId(parseEntityId(entityId)), "op", message, {
    op: operation,
    signal: !isCall,
    input: message.input,
    id: message.id,
    parent: instanceId,
    parentExecution: executionId,
  });
}

function askForLock(
  id: number,
  { entityIds: lockSet }: Asked<"lock">,
  { instanceId, executionId }: Instance,
  world: EpisodeContext,
): HubDecision | string {
  const [first] = lockSet;
  if (first === undefined) return "A critical section needs an entity.";
  const unknown = lockSet
    .map((entityId) => missing("entity", parseEntityId(entityId).name, world))
    .find((problem) => problem !== undefined);
  if (unknown !== undefined) return unknown;
  const caller = { instanceId, executionId };
  const message = { id: world.newId(), caller, lockSet, position: 0 };
  return sent(id, first, "op", message, {
    op: null,
    id: message.id,
    parent: instanceId,
    lockset: lockSet.map(parseEntityId),
    pos: 0,
  });
}
