/**
 * The state of an agent session, apart from its transcript.
 *
 * 1. The state stays below 16 KiB: its lists are bounded, and the oldest entries are dropped when keys are long.
 * 2. An operation is idempotent per turn key: repeating it does not change the state and returns the same result.
 * 3. Turn numbers start at 1 and are never assigned twice.
 */
import type { Answer } from "../answers/answer";
import { toCallKey } from "../answers/call-key";
import { addUsage, noUsage, type Usage } from "../usage";

/** Function name of the entity. Its key is the session key. */
export const agentSessionEntity = "agentSession";

interface SessionTurn {
  readonly key: string;
  readonly turn: number;
  /** Turns that were running when this one began. */
  readonly concurrentTurns: readonly number[];
}

export interface SessionState {
  readonly turns: number;
  readonly usage: Usage;
  readonly running: readonly SessionTurn[];
  /** Completed turns, latest last. */
  readonly recent: readonly SessionTurn[];
}

export interface SessionTurnStart {
  readonly turn: number;
  readonly concurrentTurns: readonly number[];
}

/** Completed turns are kept because an orchestration that starts again repeats `begin` and `complete`. */
const maxRecentTurns = 50;
/** A turn of a terminated orchestration never completes, so the oldest is dropped. */
const maxRunningTurns = 16;

export const emptySession: SessionState = {
  turns: 0,
  usage: noUsage,
  running: [],
  recent: [],
};

const beginTurn = (
  state: SessionState,
  turnKey: string,
): readonly [SessionState, SessionTurnStart] => {
  const begun = [...state.running, ...state.recent].find(
    ({ key }) => key === turnKey,
  );
  if (begun !== undefined) return [state, toTurnStart(begun)];
  const next: SessionTurn = {
    key: turnKey,
    turn: state.turns + 1,
    concurrentTurns: state.running.map(({ turn }) => turn),
  };
  const nowRunning = [...state.running, next].slice(-maxRunningTurns);
  const nextState = { ...state, turns: next.turn, running: nowRunning };
  return [limitSize(nextState), toTurnStart(next)];
};

const completeTurn = (
  state: SessionState,
  turnKey: string,
  usage: Usage,
): SessionState => {
  const completed = state.running.find(({ key }) => key === turnKey);
  // Already completed, or dropped: its usage must not be counted again.
  if (completed === undefined) return state;
  return limitSize({
    ...state,
    usage: addUsage(state.usage, usage),
    running: state.running.filter((each) => each !== completed),
    recent: [...state.recent, completed].slice(-maxRecentTurns),
  });
};

const maxStateBytes = 15 * 1024;

function limitSize(state: SessionState): SessionState {
  if (Buffer.byteLength(JSON.stringify(state)) <= maxStateBytes) return state;
  if (state.recent.length > 0)
    return limitSize({ ...state, recent: state.recent.slice(1) });
  if (state.running.length > 0)
    return limitSize({ ...state, running: state.running.slice(1) });
  return state;
}

const toTurnStart = ({
  turn,
  concurrentTurns,
}: SessionTurnStart): SessionTurnStart => ({ turn, concurrentTurns });

interface SessionOperationInput {
  readonly turnKey: string;
  readonly usage?: Usage;
}

/** The key of a call of the entity. */
export const sessionCallKey = (operation: string, turnKey: string): string =>
  toCallKey(agentSessionEntity, operation, turnKey);

/** Errors are returned as data: an error thrown by an entity reaches its caller as text without a code. */
export function applySessionOperation(
  state: SessionState,
  operation: string | undefined,
  input: SessionOperationInput | undefined,
): readonly [SessionState, Answer<SessionTurnStart | null>] {
  const call = sessionCallKey(operation ?? "", input?.turnKey ?? "");
  if (input !== undefined && operation === "begin") {
    const [next, value] = beginTurn(state, input.turnKey);
    return [next, { call, ok: true, value }];
  }
  if (input?.usage !== undefined && operation === "complete") {
    const next = completeTurn(state, input.turnKey, input.usage);
    return [next, { call, ok: true, value: null }];
  }
  const message = `Agent sessions do not support the operation "${operation ?? ""}" with this input. Use begin {turnKey} or complete {turnKey, usage}.`;
  return [
    state,
    { call, ok: false, failure: { code: "internal_error", message } },
  ];
}
