import fc from "fast-check";
import type { StepOutcome } from "../../../src/domain/contracts";
import { noUsage } from "../../../src/domain/usage";
import {
  isMapDone,
  itemsToStart,
  type MapProgress,
} from "../../../src/domain/workflow/map-progress";

test("starts each item once in order, at most maxParallel concurrently, and none after a failure", () => {
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
