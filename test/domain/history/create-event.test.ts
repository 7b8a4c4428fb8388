import { createEvent } from "../../../src/domain/history/create-event";

test("derives the same key, valid in Table Storage, for the same event", () => {
  const input = {
    type: "step.retried",
    at: "2026-01-01T00:00:00.000Z",
    stepId: "a.1",
    attempt: 2,
    discriminator: "tool-x/y#?",
  } as const;
  expect(createEvent(input)).toEqual(createEvent(input));
  expect(createEvent(input).key).toBe(
    "1767225600000-3-a.1-2-retried-tool-x=2Fy=23=3F",
  );
});
