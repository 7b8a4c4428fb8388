import fc from "fast-check";
import {
  compareEvents,
  createEvent,
} from "../../../src/domain/history/create-event";

const at = "2026-01-01T00:00:00.000Z";
const later = "2026-01-01T00:01:00.000Z";

test("derives the same key, valid in Table Storage, for the same event", () => {
  const input = {
    type: "step.retried",
    at,
    stepId: "a.1",
    attempt: 2,
    discriminator: "tool-x/y#?",
  } as const;
  expect(createEvent(input)).toEqual(createEvent(input));
  expect(createEvent(input).key).toBe(
    "1767225600000-3-a.1-2-retried-tool-x=2Fy=23=3F",
  );
});

test.each(["step.started", "step.completed", "step.skipped"] as const)(
  "derives the same key for %s of a step at another time, and another key for another step",
  (type) => {
    const event = { type, at, stepId: "a", attempt: 1 };
    const { key } = createEvent(event);
    expect(createEvent({ ...event, at: later }).key).toBe(key);
    expect(createEvent({ ...event, stepId: "b" }).key).not.toBe(key);
  },
);

test("derives one key for all ends of an orchestration", () => {
  const types = [
    "orchestration.completed",
    "orchestration.failed",
    "orchestration.terminated",
  ] as const;
  const keys = types.flatMap((type) =>
    [at, later].map((time) => createEvent({ type, at: time }).key),
  );
  expect(new Set(keys).size).toBe(1);
});

test("sorts events by time, and the events of an episode by their rank", () => {
  const sorted = [
    createEvent({ type: "orchestration.started", at }),
    createEvent({ type: "model.called", at, stepId: "a" }),
    createEvent({ type: "step.completed", at, stepId: "a" }),
    createEvent({ type: "step.started", at, stepId: "b" }),
    createEvent({ type: "tool.called", at: later, stepId: "b" }),
    createEvent({ type: "orchestration.completed", at: later }),
  ];
  fc.assert(
    fc.property(
      fc.shuffledSubarray(sorted, { minLength: sorted.length }),
      (shuffled) => {
        expect(shuffled.sort(compareEvents)).toEqual(sorted);
      },
    ),
  );
});
