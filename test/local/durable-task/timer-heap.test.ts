import fc from "fast-check";
import { TimerHeap } from "../../../src/local/durable-task/timer-heap";

describe("TimerHeap", () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  test("fires all that were not cancelled, in the order of their times", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(10_000), cancelled: fc.boolean() })),
        (timers) => {
          const heap = new TimerHeap(() => Date.now());
          const base = Date.now();
          const fired: number[] = [];
          timers.forEach(({ at }, index) => {
            heap.set(String(index), base + at, () => fired.push(at));
          });
          timers.forEach(({ cancelled }, index) => {
            if (cancelled) heap.cancel(String(index));
          });
          jest.advanceTimersByTime(10_001);
          expect(fired).toEqual(
            timers
              .filter(({ cancelled }) => !cancelled)
              .map(({ at }) => at)
              .sort((a, b) => a - b),
          );
        },
      ),
    );
  });

  test("waits longer than a timer of the process can", () => {
    const heap = new TimerHeap(() => Date.now());
    const fired = jest.fn();
    const days40 = 40 * 24 * 3600 * 1000;
    heap.set("far", days40, fired);
    jest.advanceTimersByTime(days40 - 1);
    expect(fired).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledTimes(1);
  });
});
