import fc from "fast-check";
import {
  startLockRenewal,
  renewalDelayMs,
} from "../../../../functions-host/extensions/service-bus/lock-renewal";

test("renewalDelayMs is between half of the remaining lock time and all of it", () => {
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

describe("startLockRenewal", () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const lockMs = 30_000;
  /** Counts the renewals within 200 s, with the limit `maxMs` and a stop at `stoppedAt`. */
  async function countRenewals(maxMs: number, stoppedAt = Infinity) {
    let count = 0;
    const lockedUntil = () => new Date(Date.now() + lockMs);
    const stopRenewal = startLockRenewal(
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
      if (second * 1000 === stoppedAt) stopRenewal();
      await jest.advanceTimersByTimeAsync(1000);
    }
    return count;
  }

  test("stops when the returned function is called", async () => {
    expect(await countRenewals(1_000_000, 50_000)).toBe(2);
  });

  test("stops after the time limit", async () => {
    expect(await countRenewals(70_000)).toBe(3);
    expect(await countRenewals(0)).toBe(0);
  });
});
