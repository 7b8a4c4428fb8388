import { runConcurrently, timeEachMs } from "../../bench/stopwatch";

describe("atOnce", () => {
  test("runs all of the work, never more at a time than asked for", async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    await runConcurrently({ count: 25, concurrency: 4 }, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      done += 1;
    });
    expect({ most, done }).toEqual({ most: 4, done: 25 });
  });

  test("fails when a run does", async () => {
    const failing = () => Promise.reject(new Error("no"));
    await expect(
      runConcurrently({ count: 3, concurrency: 2 }, failing),
    ).rejects.toThrow("no");
  });
});

test("timedEach times one run after another", async () => {
  const times = await timeEachMs(3, () => Promise.resolve());
  expect(times).toHaveLength(3);
  expect(times.every((ms) => ms >= 0)).toBe(true);
});
