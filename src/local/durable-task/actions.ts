/** What an orchestrator function gives back: everything it has asked for since its execution began, and how it stands. */
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

interface CallActivity {
  readonly actionType: typeof ActionType.CallActivity;
  readonly functionName: string;
  readonly input?: unknown;
}
interface CallSubOrchestrator {
  readonly actionType: typeof ActionType.CallSubOrchestrator;
  readonly functionName: string;
  readonly instanceId?: string;
  readonly input?: unknown;
  readonly version?: string;
}
interface CreateTimer {
  readonly actionType: typeof ActionType.CreateTimer;
  readonly fireAt: string;
  readonly isCanceled: boolean;
}
interface ToEntity {
  readonly actionType:
    typeof ActionType.CallEntity | typeof ActionType.SignalEntity;
  /** `@name@key` */
  readonly instanceId: string;
  readonly operation: string;
  readonly input?: unknown;
}
interface ContinueAsNew {
  readonly actionType: typeof ActionType.ContinueAsNew;
  readonly input?: unknown;
}
interface Compound {
  readonly actionType: typeof ActionType.WhenAny | typeof ActionType.WhenAll;
  readonly compoundActions: readonly Action[];
}
interface WaitForExternalEvent {
  readonly actionType: typeof ActionType.WaitForExternalEvent;
  readonly externalEventName: string;
}
interface Unsupported {
  readonly actionType:
    | typeof ActionType.CallActivityWithRetry
    | typeof ActionType.CallSubOrchestratorWithRetry
    | typeof ActionType.CallHttp
    | typeof ActionType.LockEntities
    | typeof ActionType.ReleaseEntities;
}

/** Actions that take an event id, in the order in which they are listed. */
export type NumberedAction =
  CallActivity | CallSubOrchestrator | CreateTimer | ToEntity;
export type Action =
  | NumberedAction
  | ContinueAsNew
  | Compound
  | WaitForExternalEvent
  | Unsupported;

/** The actions without their compounds: depth first, in the order in which the client library numbers them. */
export const leaves = (
  actions: readonly Action[],
): readonly Exclude<Action, Compound>[] =>
  actions.flatMap((action) =>
    "compoundActions" in action ? leaves(action.compoundActions) : [action],
  );

const names = new Map<number, string>(
  Object.entries(ActionType).map(([name, type]) => [type, name]),
);
export const actionName = (action: Action): string =>
  names.get(action.actionType) ?? `action ${action.actionType}`;
