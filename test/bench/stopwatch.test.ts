import { runConcurrently, timeEachMs } from "../../bench/stopwatch";

describe("runConcurrently", () => {
  test("runs the work `count` times with at most `concurrency` runs at a time", async () => {
    let running = 0;
    let maximum = 0;
    let done = 0;
    await runConcurrently({ count: 25, concurrency: 4 }, async () => {
      running += 1;
      maximum = Math.max(maximum, running);
      await new Promise(setImmediate);
      running -= 1;
      done += 1;
    });
    expect({ maximum, done }).toEqual({ maximum: 4, done: 25 });
  });

  test("rejects with the error of a failed run", async () => {
    const fail = () => Promise.reject(new Error("refused"));
    await expect(
      runConcurrently({ count: 3, concurrency: 2 }, fail),
    ).rejects.toThrow("refused");
  });
});

test("timeEachMs returns the duration of each run", async () => {
  const times = await timeEachMs(3, () => Promise.resolve());
  expect(times).toHaveLength(3);
  expect(times.every((ms) => ms >= 0)).toBe(true);
});
