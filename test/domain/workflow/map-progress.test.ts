import fc from "fast-check";
import type { StepOutcome } from "../../../src/domain/contracts";
import { parseDuration } from "../../../src/domain/duration";
import { createEvent } from "../../../src/domain/history/create-event";
import {
  isMapDone,
  itemsToStart,
  type MapProgress,
} from "../../../src/domain/workflow/map-progress";
import {
  nextRetryDelayMs,
  toRetryPolicy,
} from "../../../src/domain/retry/retry-policy";
import { noUsage } from "../../../src/domain/usage";

test.each([
  ["500ms", 500],
  ["2s", 2_000],
  ["10m", 600_000],
  ["72h", 259_200_000],
  ["3d", 259_200_000],
  ["", undefined],
  ["2 s", undefined],
  ["-2s", undefined],
  ["1.5s", undefined],
])("the duration %p is %p ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test("delays grow to five minutes and end with the attempts", () => {
  const policy = toRetryPolicy({ maxAttempts: 20 });
  const away = { code: "model_unavailable", message: "" };
  expect(
    [1, 2, 3, 15].map((attempt) => nextRetryDelayMs(policy, attempt, away)),
  ).toEqual([2_000, 4_000, 8_000, 300_000]);
  expect(nextRetryDelayMs(policy, 20, away)).toBeUndefined();
  expect(
    nextRetryDelayMs(policy, 1, { code: "model_failed", message: "" }),
  ).toBeUndefined();
});

test("the same fact has the same key, fit for a table", () => {
  const fact = {
    type: "step.retried",
    at: "2026-01-01T00:00:00.000Z",
    stepId: "a.1",
    attempt: 2,
    discriminator: "tool-x/y#?",
  } as const;
  expect(createEvent(fact)).toEqual(createEvent(fact));
  expect(createEvent(fact).key).toBe(
    "1767225600000-3-a.1-2-retried-tool-x=2Fy=23=3F",
  );
});

test("a map begins every item once, within its bound, unless one fails", () => {
  const item = fc.constantFrom<StepOutcome>(
    { status: "completed", output: { value: 1 }, usage: noUsage },
    { status: "completed", output: { value: 2 }, usage: noUsage },
    {
      status: "failed",
      error: { code: "tool_failed", message: "" },
      usage: noUsage,
    },
  );
  fc.assert(
    fc.property(
      fc.array(item),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(),
      (items, maxParallel, seed) => {
        let map: MapProgress = {
          total: items.length,
          maxParallel,
          started: 0,
          settled: new Map(),
        };
        const running: number[] = [];
        for (;;) {
          const next = itemsToStart(map);
          expect(next).toEqual(next.map((_, offset) => map.started + offset));
          running.push(...next);
          map = { ...map, started: map.started + next.length };
          expect(running.length).toBeLessThanOrEqual(maxParallel);
          expect(isMapDone(map)).toBe(running.length === 0);
          if (running.length === 0) break;
          const [index = 0] = running.splice(seed % running.length, 1);
          const outcome = items[index];
          if (outcome !== undefined)
            map = { ...map, settled: new Map(map.settled).set(index, outcome) };
        }
        if (items.every(({ status }) => status === "completed"))
          expect(map.settled.size).toBe(items.length);
      },
    ),
  );
});
