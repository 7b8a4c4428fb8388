import { ActionType, type NumberedAction } from "./actions";
import { unknownFunction } from "./failure";
import { valueText } from "./function-value";
import { type DecisionEvent, EventType } from "./history-event";
import type { Instance, NewInstance } from "./instance";
import type { EntityRequest, Outgoing } from "./message";

/** Names of the app's functions by kind; looked up without regard to case. */
export interface KnownFunctions {
  readonly orchestrator: readonly string[];
  readonly activity: readonly string[];
  readonly entity: readonly string[];
}

/** What a decision depends on besides the history: parameters, so that an episode can be tested as a function. */
export interface World {
  /** Milliseconds since the epoch. */
  readonly now: number;
  newId(): string;
  readonly functions: KnownFunctions;
  readonly defaultVersion: string;
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

/** A decision and what follows from it once it is on disk; exactly one of the effects is set. */
export interface Decision {
  readonly event: DecisionEvent;
  readonly activity?: ActivityCall;
  readonly child?: NewInstance;
  readonly timer?: TimerSetting;
  readonly outgoing?: Outgoing;
}

/** The decision for an action that is listed for the first time, or why it cannot be taken, as a sentence. */
export function decide(
  id: number,
  action: NumberedAction,
  instance: Instance,
  world: World,
): Decision | string {
  switch (action.actionType) {
    case ActionType.CallActivity:
      return (
        missing("activity", action.functionName, world) ??
        scheduleActivity(id, action.functionName, valueText(action.input))
      );
    case ActionType.CallSubOrchestrator:
      return (
        missing("orchestrator", action.functionName, world) ??
        startChild(id, action, instance, world)
      );
    case ActionType.CreateTimer:
      return setTimer(id, Date.parse(action.fireAt));
    case ActionType.CallEntity:
    case ActionType.SignalEntity: {
      const entity = action.instanceId.slice(
        1,
        action.instanceId.indexOf("@", 1),
      );
      return (
        missing("entity", entity, world) ??
        askEntity(id, action, instance, world)
      );
    }
  }
}

function missing(
  kind: keyof KnownFunctions,
  name: string,
  { functions }: World,
): string | undefined {
  const wanted = name.toLowerCase();
  return functions[kind].some((known) => known.toLowerCase() === wanted)
    ? undefined
    : unknownFunction(kind, name, functions[kind]);
}

const scheduleActivity = (
  id: number,
  name: string,
  input: string | null,
): Decision => ({
  event: {
    EventType: EventType.TaskScheduled,
    EventId: id,
    Name: name,
    Input: null,
  },
  activity: { taskId: id, name, input },
});

const setTimer = (id: number, fireAt: number): Decision => ({
  event: {
    EventType: EventType.TimerCreated,
    EventId: id,
    FireAt: new Date(fireAt).toISOString(),
  },
  timer: { timerId: id, fireAt },
});

function startChild(
  id: number,
  action: Extract<
    NumberedAction,
    { actionType: typeof ActionType.CallSubOrchestrator }
  >,
  parent: Instance,
  world: World,
): Decision | string {
  const instanceId = action.instanceId ?? `${parent.executionId}:${id}`;
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
      Name: action.functionName,
      InstanceId: instanceId,
      Input: null,
    },
    child: {
      instanceId,
      executionId: world.newId(),
      name: action.functionName,
      version: action.version ?? world.defaultVersion,
      input: valueText(action.input),
      parent: {
        name: parent.name,
        instanceId: parent.instanceId,
        executionId: parent.executionId,
        taskScheduledId: id,
      },
    },
  };
}

function askEntity(
  id: number,
  action: Extract<NumberedAction, { operation: string }>,
  { instanceId, executionId }: Instance,
  world: World,
): Decision {
  const isCall = action.actionType === ActionType.CallEntity;
  const request: EntityRequest = {
    id: world.newId(),
    operation: action.operation,
    input: valueText(action.input),
    caller: isCall ? { instanceId, executionId } : null,
  };
  return {
    event: {
      EventType: EventType.EventSent,
      EventId: id,
      InstanceId: action.instanceId,
      Name: "op",
      Input: JSON.stringify({
        op: request.operation,
        signal: !isCall,
        input: request.input,
        id: request.id,
        parent: instanceId,
        parentExecution: executionId,
      }),
    },
    outgoing: { to: action.instanceId, message: request },
  };
}
