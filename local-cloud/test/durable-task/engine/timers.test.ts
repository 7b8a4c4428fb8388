import fc from "fast-check";
import { systemClock } from "../../../shared/time/clock";
import { TimerQueue } from "../../../durable-task/engine/timers";

describe("TimerQueue", () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  test("fires the timers that were not cancelled, in the order of their due times", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(10_000), cancelled: fc.boolean() })),
        (timers) => {
          const queue = new TimerQueue(systemClock);
          const base = Date.now();
          const fired: number[] = [];
          timers.forEach(({ at }, index) => {
            queue.set(String(index), base + at, () => fired.push(at));
          });
          timers.forEach(({ cancelled }, index) => {
            if (cancelled) queue.cancel(String(index));
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

  test("fires timers with the same due time in the order in which they were set", () => {
    const queue = new TimerQueue(systemClock);
    const fired: number[] = [];
    const keys = Array.from({ length: 20 }, (_, index) => index);
    for (const key of keys)
      queue.set(String(key), Date.now() + 1000, () => fired.push(key));
    jest.advanceTimersByTime(1000);
    expect(fired).toEqual(keys);
  });

  test("fires a timer that is longer than the maximum of setTimeout (24.8 days)", () => {
    const queue = new TimerQueue(systemClock);
    const fired = jest.fn();
    const days40 = 40 * 24 * 3600 * 1000;
    queue.set("in 40 days", days40, fired);
    jest.advanceTimersByTime(days40 - 1);
    expect(fired).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledTimes(1);
  });
});
