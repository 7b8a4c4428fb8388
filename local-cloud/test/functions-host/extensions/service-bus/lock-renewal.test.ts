import fc from "fast-check";
import {
  startLockRenewal,
  renewalDelayMs,
} from "../../../../functions-host/extensions/service-bus/lock-renewal";

test("a lock is renewed before it ends, and not more often than need be", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300_000 }), (lockMs) => {
      const delayMs = renewalDelayMs(lockMs, 0);
      expect(delayMs).toBeGreaterThan(0);
      expect(delayMs).toBeLessThan(lockMs);
      expect(delayMs).toBeGreaterThanOrEqual(lockMs / 2);
    }),
  );
  expect(renewalDelayMs(0, 5)).toBe(0);
});

describe("keeping a message locked", () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const lockMs = 30_000;
  /** How often the lock has been renewed after so long, when it is kept for at most `maxMs` and let go at `releasedAt`. */
  async function renewals(maxMs: number, releasedAt = Infinity) {
    let count = 0;
    const lockedUntil = () => new Date(Date.now() + lockMs);
    const release = startLockRenewal(
      { lockedUntilUtc: lockedUntil() } as never,
      {
        renewMessageLock: () => {
          count += 1;
          return Promise.resolve(lockedUntil());
        },
      },
      maxMs,
    );
    for (let second = 0; second < 200; second += 1) {
      if (second * 1000 === releasedAt) release();
      await jest.advanceTimersByTimeAsync(1000);
    }
    return count;
  }

  test("ends with the function", async () => {
    expect(await renewals(1_000_000, 50_000)).toBe(2);
  });

  test("ends after the longest time that is set", async () => {
    expect(await renewals(70_000)).toBe(3);
    expect(await renewals(0)).toBe(0);
  });
});
