import fc from "fast-check";
import { VirtualClock } from "../../../shared/time/virtual-clock";

const whenIdle = () => Promise.resolve();

test("fires exactly the due timers, in order and each at its time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 100 })),
      fc.array(fc.nat(40)),
      async (times, advances) => {
        const clock = new VirtualClock(0);
        const fired: number[] = [];
        for (const time of times)
          clock.schedule(time, () => {
            expect(clock.now()).toBe(time);
            fired.push(time);
          });
        for (const ms of advances) await clock.advance(ms, whenIdle);
        const end = advances.reduce((sum, ms) => sum + ms, 0);
        const due = times.filter((time) => time <= end).sort((a, b) => a - b);
        expect(fired).toEqual(due);
        expect(clock.now()).toBe(end);
      },
    ),
  );
});

test("fires timers scheduled during an advance that fall due within it", async () => {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  const everyTen = (): void => {
    fired.push(clock.now());
    clock.schedule(clock.now() + 10, everyTen);
  };
  clock.schedule(10, everyTen);
  await clock.advance(35, whenIdle);
  expect(fired).toEqual([10, 20, 30]);
  expect(clock.nextDueTime).toBe(40);
});

test("waits until idle before it fires the next timer", async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  for (const time of [1, 2])
    clock.schedule(time, () => {
      seen.push(`fires ${time}`);
    });
  const recordIdle = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push("idle");
  };
  await clock.advance(2, recordIdle);
  expect(seen).toEqual(["idle", "fires 1", "idle", "fires 2", "idle"]);
});

test("runs concurrent advances one after another", async () => {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  clock.schedule(15, () => {
    fired.push(clock.now());
  });
  await Promise.all([clock.advance(10, whenIdle), clock.advance(10, whenIdle)]);
  expect(clock.now()).toBe(20);
  expect(fired).toEqual([15]);
});

test("does not fire a cancelled timer", async () => {
  const clock = new VirtualClock(0);
  const fired = jest.fn();
  const cancels = [clock.schedule(0, fired), clock.schedule(1, fired)];
  for (const cancel of cancels) cancel();
  await clock.advance(1, whenIdle);
  expect(fired).not.toHaveBeenCalled();
});

test("fires a timer that is already due without an advance, but asynchronously", async () => {
  const clock = new VirtualClock(100);
  const fired = jest.fn();
  clock.schedule(99, fired);
  expect(fired).not.toHaveBeenCalled();
  await Promise.resolve();
  expect(fired).toHaveBeenCalledTimes(1);
});
