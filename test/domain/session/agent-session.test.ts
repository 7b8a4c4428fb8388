import fc from "fast-check";
import {
  applySessionOperation,
  emptySession,
  type SessionState,
} from "../../../src/domain/session/agent-session";
import { noUsage } from "../../../src/domain/usage";

const usage = { ...noUsage, modelCalls: 1 };

/** Begins the turn and returns the next state and the result of the operation. */
const begin = (state: SessionState, turnKey: string) =>
  applySessionOperation(state, "begin", { turnKey });

test("assigns one number to a turn that begins repeatedly, and returns the concurrent turns", () => {
  const [one, first] = begin(emptySession, "a");
  const [two, second] = begin(one, "b");
  expect([first, second]).toMatchObject([
    { value: { turn: 1, concurrentTurns: [] } },
    { value: { turn: 2, concurrentTurns: [1] } },
  ]);
  expect(begin(two, "b")).toEqual([two, second]);
});

test("counts the usage of a turn once", () => {
  const [begun] = begin(emptySession, "a");
  const complete = (state: SessionState) =>
    applySessionOperation(state, "complete", { turnKey: "a", usage })[0];
  const completed = complete(begun);
  expect(completed).toMatchObject({ usage, running: [] });
  expect(complete(completed)).toBe(completed);
});

test("begins a completed turn again with the same number and concurrent turns", () => {
  const [one] = begin(emptySession, "a");
  const [two, second] = begin(one, "b");
  const [completed] = applySessionOperation(two, "complete", {
    turnKey: "b",
    usage,
  });
  expect(begin(completed, "b")).toEqual([completed, second]);
});

test("returns an error for an unknown operation and leaves the state unchanged", () => {
  expect(
    applySessionOperation(emptySession, "forget", { turnKey: "a" }),
  ).toEqual([
    emptySession,
    {
      call: "agentSession/forget/a",
      ok: false,
      failure: expect.objectContaining({ code: "internal_error" }) as object,
    },
  ]);
});

test("stays below 16 KiB and never assigns a number twice", () => {
  const key = fc.nat(120).map((n) => `${"o".repeat(n * 3)}/${n}`);
  const operation = fc.tuple(fc.constantFrom("begin", "complete"), key);
  fc.assert(
    fc.property(
      fc.array(operation, { minLength: 100, maxLength: 300 }),
      (operations) => {
        let state: SessionState = emptySession;
        for (const [name, turnKey] of operations) {
          const before = state.turns;
          [state] = applySessionOperation(state, name, { turnKey, usage });
          expect(state.turns - before).toBeLessThanOrEqual(1);
          expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(16_384);
        }
        const numbers = [...state.running, ...state.recent].map(
          ({ turn }) => turn,
        );
        expect(new Set(numbers).size).toBe(numbers.length);
      },
    ),
    { numRuns: 30 },
  );
});
