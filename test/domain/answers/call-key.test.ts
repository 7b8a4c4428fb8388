import fc from "fast-check";
import {
  activityCallKey,
  eventsDigest,
  toCallKey,
} from "../../../src/domain/answers/call-key";
import {
  callModelActivity,
  callToolActivity,
  type CallToolInput,
  finishOrchestrationActivity,
  type FinishInput,
  recordHistoryActivity,
} from "../../../src/domain/contracts";
import { createEvent } from "../../../src/domain/history/create-event";
import { noUsage } from "../../../src/domain/usage";

const part = fc.oneof(
  fc.nat(),
  fc.string({ unit: fc.constantFrom("a", "/", "%", "2", "F", "5") }),
);

test("gives different lists of parts different keys", () => {
  const parts = fc.array(part, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const isSame =
        JSON.stringify(a.map(String)) === JSON.stringify(b.map(String));
      expect(toCallKey(...a) === toCallKey(...b)).toBe(isSame);
    }),
  );
});

const name = fc.string({ unit: fc.constantFrom("a", "/", "."), minLength: 1 });
const count = fc.nat(3);
const callIds = fc.record({
  orchestrationId: name,
  stepId: name,
  turn: count,
  round: count,
  attempt: count,
});

test("gives two model calls the same key only if orchestration, step, turn, round and attempt are the same", () => {
  const key = ({ orchestrationId, stepId, turn, round, attempt }: CallIds) =>
    activityCallKey(callModelActivity, {
      turn: {
        orchestrationId,
        stepId,
        turn,
        sessionKey: "k",
        concurrentTurns: [],
      },
      round,
      attempt,
      at: "2026-01-01T00:00:00.000Z",
      agent: { name: "a", instructions: "" },
      prompt: "",
      scope: {
        input: { value: null },
        steps: {},
        variables: {},
        orchestrationId,
      },
    });
  fc.assert(
    fc.property(callIds, callIds, (a, b) => {
      expect(key(a) === key(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
type CallIds = typeof callIds extends fc.Arbitrary<infer T> ? T : never;

test("distinguishes the rounds of a turn in which the model uses a call id again", () => {
  const key = (round: number) => {
    const turn = {
      orchestrationId: "o",
      stepId: "s",
      sessionKey: "k",
      turn: 1,
      concurrentTurns: [],
    };
    const call: CallToolInput["call"] = {
      from: "agent",
      turn,
      round,
      callId: "c",
      agent: "a",
      allowed: [],
    };
    return activityCallKey(callToolActivity, {
      attempt: 1,
      at: "2026-01-01T00:00:00.000Z",
      tool: "t",
      idempotencyKey: "o/s/1/c",
      call,
    });
  };
  expect(key(0)).not.toBe(key(1));
});

const event = fc
  .record({ ms: fc.nat(3), stepId: fc.constantFrom("a", "b", "a.1") })
  .map(({ ms, stepId }) =>
    createEvent({
      type: "step.started",
      at: new Date(ms).toISOString(),
      stepId,
      attempt: 1,
    }),
  );

test("identifies records by their events", () => {
  const events = fc.array(event, { maxLength: 3 });
  fc.assert(
    fc.property(events, events, (a, b) => {
      const isSame =
        JSON.stringify(a.map(({ key }) => key)) ===
        JSON.stringify(b.map(({ key }) => key));
      expect(eventsDigest(a) === eventsDigest(b)).toBe(isSame);
      const key = (list: typeof a) =>
        activityCallKey(recordHistoryActivity, {
          orchestrationId: "o",
          events: list,
        });
      expect(key(a) === key(b)).toBe(isSame);
    }),
  );
});

test("distinguishes the completion of an orchestration from its failure with the same events", () => {
  const key = (result: FinishInput["result"]) =>
    activityCallKey(finishOrchestrationActivity, {
      orchestrationId: "o",
      at: "2026-01-01T00:00:00.000Z",
      events: [],
      usage: noUsage,
      result,
      startedAt: "2026-01-01T00:00:00.000Z",
      metadata: { workflow: "w", version: "1", tags: {} },
    });
  const scope = {
    input: { value: null },
    steps: {},
    variables: {},
    orchestrationId: "o",
  };
  expect(key({ status: "completed", outputTemplate: null, scope })).not.toBe(
    key({ status: "failed", error: { code: "c", message: "m" } }),
  );
});
