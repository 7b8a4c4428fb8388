/** The result of an orchestrator function: all actions since the start of the execution, and its current state. */
export interface OrchestratorState {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
  readonly failureDetails?: unknown;
}

export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

export interface ActionRetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
}

export interface ActivityAction {
  readonly actionType:
    typeof ActionType.CallActivity | typeof ActionType.CallActivityWithRetry;
  readonly functionName: string;
  readonly input?: unknown;
  readonly retryOptions?: ActionRetryOptions;
}
export interface ChildAction {
  readonly actionType:
    | typeof ActionType.CallSubOrchestrator
    | typeof ActionType.CallSubOrchestratorWithRetry;
  readonly functionName: string;
  readonly instanceId?: string;
  readonly input?: unknown;
  readonly version?: string;
  readonly retryOptions?: ActionRetryOptions;
}
export interface TimerAction {
  readonly actionType: typeof ActionType.CreateTimer;
  readonly fireAt: string | Date;
  readonly isCanceled: boolean;
}
export interface EntityAction {
  readonly actionType:
    typeof ActionType.CallEntity | typeof ActionType.SignalEntity;
  /** `@name@key` */
  readonly instanceId: string;
  readonly operation: string;
  readonly input?: unknown;
}
export interface HttpCall {
  readonly method: string;
  readonly uri: string;
  readonly content?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tokenSource?: unknown;
  readonly asynchronousPatternEnabled?: boolean;
}
export interface HttpAction {
  readonly actionType: typeof ActionType.CallHttp;
  readonly httpRequest: HttpCall;
}
export interface LockAction {
  readonly actionType: typeof ActionType.LockEntities;
  /** Sorted, without duplicates. */
  readonly lockSet: readonly { readonly name: string; readonly key: string }[];
}
interface ReleaseAction {
  readonly actionType: typeof ActionType.ReleaseEntities;
}
interface ContinueAsNewAction {
  readonly actionType: typeof ActionType.ContinueAsNew;
  readonly input?: unknown;
}
export interface CompoundAction {
  readonly actionType: typeof ActionType.WhenAny | typeof ActionType.WhenAll;
  readonly compoundActions: readonly Action[];
}
interface WaitAction {
  readonly actionType: typeof ActionType.WaitForExternalEvent;
  readonly externalEventName: string;
}

export type LeafAction =
  | ActivityAction
  | ChildAction
  | TimerAction
  | EntityAction
  | HttpAction
  | LockAction
  | ReleaseAction
  | WaitAction
  | ContinueAsNewAction;
export type Action = LeafAction | CompoundAction;

export const isCompound = (action: Action): action is CompoundAction =>
  "compoundActions" in action;

/** The actions without the compound ones: depth first, in the order in which the client library assigns ids. */
export const flattenActions = (
  actions: readonly Action[],
): readonly LeafAction[] =>
  actions.flatMap((action) =>
    isCompound(action) ? flattenActions(action.compoundActions) : [action],
  );
