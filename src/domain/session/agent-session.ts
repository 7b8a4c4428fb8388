/**
 * What an agent session remembers besides its transcript.
 *
 * 1. The state stays below 16 KiB: its lists are bounded, and the oldest entries give way when keys are long.
 * 2. Whatever is asked twice under one turn key has the effect, and the answer, of asking once.
 * 3. Turn numbers count from 1 and are never given twice.
 */
import type { Failure } from "../errors";
import { addUsage, noUsage, type Usage } from "../usage";

/** The name under which the entity is registered; its key is the session key. */
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
  /** Turns that have ended, latest last. */
  readonly recent: readonly Omit<SessionTurn, "concurrentTurns">[];
}

export interface SessionTurnStart {
  readonly turn: number;
  readonly concurrentTurns: readonly number[];
}

/** Ended turns kept, so that a late repetition of their begin or complete is recognised. */
const keptTurns = 50;
/** A turn whose orchestration was terminated never completes; the oldest of too many is taken to be one. */
const mostRunning = 16;

export const emptySession: SessionState = {
  turns: 0,
  usage: noUsage,
  running: [],
  recent: [],
};

export const beginTurn = (
  state: SessionState,
  turnKey: string,
): readonly [SessionState, SessionTurnStart] => {
  const running = state.running.find(({ key }) => key === turnKey);
  if (running !== undefined) return [state, begun(running)];
  const ended = state.recent.find(({ key }) => key === turnKey);
  // Whoever began a turn that has ended does not wait for this answer any more.
  if (ended !== undefined)
    return [state, { turn: ended.turn, concurrentTurns: [] }];
  const next: SessionTurn = {
    key: turnKey,
    turn: state.turns + 1,
    concurrentTurns: state.running.map(({ turn }) => turn),
  };
  const nowRunning = [...state.running, next].slice(-mostRunning);
  const begunState = { ...state, turns: next.turn, running: nowRunning };
  return [fitting(begunState), begun(next)];
};

export const completeTurn = (
  state: SessionState,
  turnKey: string,
  usage: Usage,
): SessionState => {
  const ended = state.running.find(({ key }) => key === turnKey);
  // Completed before, or so long ago that it was given up: counting its usage again would be wrong.
  if (ended === undefined) return state;
  const { key, turn } = ended;
  return fitting({
    ...state,
    usage: addUsage(state.usage, usage),
    running: state.running.filter((each) => each !== ended),
    recent: [...state.recent, { key, turn }].slice(-keptTurns),
  });
};

const maxStateBytes = 15 * 1024;

function fitting(state: SessionState): SessionState {
  if (Buffer.byteLength(JSON.stringify(state)) <= maxStateBytes) return state;
  if (state.recent.length > 0)
    return fitting({ ...state, recent: state.recent.slice(1) });
  if (state.running.length > 0)
    return fitting({ ...state, running: state.running.slice(1) });
  return state;
}

const begun = ({
  turn,
  concurrentTurns,
}: SessionTurnStart): SessionTurnStart => ({
  turn,
  concurrentTurns,
});

/** Answers travel as data: what an entity throws reaches its caller as text without a code. */
export type SessionOperationResult<Value> =
  { readonly value: Value } | { readonly error: Failure };

interface Ask {
  readonly turnKey: string;
  readonly usage?: Usage;
}

/** One operation of the entity, by name. */
export function applySessionOperation(
  state: SessionState,
  operation: string | undefined,
  ask: Ask | undefined,
): readonly [SessionState, SessionOperationResult<SessionTurnStart | null>] {
  if (ask !== undefined && operation === "begin") {
    const [next, value] = beginTurn(state, ask.turnKey);
    return [next, { value }];
  }
  if (ask?.usage !== undefined && operation === "complete")
    return [completeTurn(state, ask.turnKey, ask.usage), { value: null }];
  const message = `An agent session has no operation "${operation ?? ""}" with this input. It has begin {turnKey} and complete {turnKey, usage}.`;
  return [state, { error: { code: "internal_error", message } }];
}
