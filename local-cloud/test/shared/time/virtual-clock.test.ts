import fc from "fast-check";
import { VirtualClock } from "../../../shared/time/virtual-clock";

const atRest = () => Promise.resolve();

test("rings what falls due, in order and each at its time, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 100 })),
      fc.array(fc.nat(40)),
      async (times, advances) => {
        const clock = new VirtualClock(0);
        const rung: number[] = [];
        for (const time of times)
          clock.schedule(time, () => {
            expect(clock.now()).toBe(time);
            rung.push(time);
          });
        for (const ms of advances) await clock.advance(ms, atRest);
        const end = advances.reduce((sum, ms) => sum + ms, 0);
        const due = times.filter((time) => time <= end).sort((a, b) => a - b);
        expect(rung).toEqual(due);
        expect(clock.now()).toBe(end);
      },
    ),
  );
});

test("rings within an advance what is set by what rings in it", async () => {
  const clock = new VirtualClock(0);
  const rung: number[] = [];
  const everyTen = (): void => {
    rung.push(clock.now());
    clock.schedule(clock.now() + 10, everyTen);
  };
  clock.schedule(10, everyTen);
  await clock.advance(35, atRest);
  expect(rung).toEqual([10, 20, 30]);
  expect(clock.nextDueTime).toBe(40);
});

test("rings only when what rang before has led to rest", async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  for (const time of [1, 2])
    clock.schedule(time, () => {
      seen.push(`rings ${time}`);
    });
  const rest = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push("rest");
  };
  await clock.advance(2, rest);
  expect(seen).toEqual(["rest", "rings 1", "rest", "rings 2", "rest"]);
});

test("takes one advance after another", async () => {
  const clock = new VirtualClock(0);
  const rung: number[] = [];
  clock.schedule(15, () => {
    rung.push(clock.now());
  });
  await Promise.all([clock.advance(10, atRest), clock.advance(10, atRest)]);
  expect(clock.now()).toBe(20);
  expect(rung).toEqual([15]);
});

test("does not ring what was called off", async () => {
  const clock = new VirtualClock(0);
  const rung = jest.fn();
  const callOff = [clock.schedule(0, rung), clock.schedule(1, rung)];
  for (const off of callOff) off();
  await clock.advance(1, atRest);
  expect(rung).not.toHaveBeenCalled();
});

test("rings what is due already without an advance, but not at once", async () => {
  const clock = new VirtualClock(100);
  const rung = jest.fn();
  clock.schedule(99, rung);
  expect(rung).not.toHaveBeenCalled();
  await Promise.resolve();
  expect(rung).toHaveBeenCalledTimes(1);
});
