/** The tasks of an orchestrator, read from the actions that durable-functions returns. */
import { sessionCallKey } from "../../../src/domain/session/agent-session";

export interface ListedAction {
  readonly actionType: number;
  readonly functionName?: string;
  readonly instanceId?: string;
  readonly operation?: string;
  readonly input?: unknown;
  readonly fireAt?: Date;
  readonly isCanceled?: boolean;
  readonly compoundActions?: readonly ListedAction[];
}

export interface OpenTask {
  readonly id: number;
  readonly name: string;
  readonly instanceId: string | undefined;
  /** The key of the call: of an activity, the instance id of a child, or of an operation of the session entity. */
  readonly call: string;
  /** For an activity, the input of the call. */
  readonly input: never;
  readonly action: ListedAction;
}

const waitsForEvent = ({ actionType }: ListedAction) => actionType === 6;
/** Names of tasks without a function, by action type. */
const taskNames: Readonly<Record<number, string>> = { 5: "timer", 7: "entity" };

/** The tasks by number. */
export const readTasks = (actions: readonly ListedAction[]): OpenTask[] =>
  flattenActions(actions)
    .filter((action) => !waitsForEvent(action))
    .map((action, id) => ({
      id,
      name: taskNames[action.actionType] ?? action.functionName ?? "",
      ...readCall(action),
      action,
    }));

function readCall(
  action: ListedAction,
): Pick<OpenTask, "instanceId" | "call" | "input"> {
  const { instanceId, operation } = action;
  const input = action.input as {
    readonly call?: string;
    readonly input?: unknown;
    readonly turnKey?: string;
  } | null;
  if (operation !== undefined)
    return {
      instanceId: undefined,
      call: sessionCallKey(operation, input?.turnKey ?? ""),
      input: input as never,
    };
  return instanceId === undefined
    ? { instanceId, call: input?.call ?? "", input: input?.input as never }
    : { instanceId, call: instanceId, input: input as never };
}

const flattenActions = (
  actions: readonly ListedAction[],
): readonly ListedAction[] =>
  actions.flatMap((action) =>
    action.compoundActions === undefined
      ? [action]
      : flattenActions(action.compoundActions),
  );
