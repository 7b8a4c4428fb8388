import { InFlightCalls } from "../../src/app/in-flight-calls";

test("shares a call with the same key until it has ended, also if it fails", async () => {
  const calls = new InFlightCalls<number>();
  let count = 0;
  const call = async (): Promise<number> => {
    const number = ++count;
    await Promise.resolve();
    if (number === 2) throw new Error("no paper");
    return number;
  };
  expect(
    await Promise.all([calls.join("a", call), calls.join("a", call)]),
  ).toEqual([1, 1]);
  await expect(calls.join("a", call)).rejects.toThrow("no paper");
  expect(
    await Promise.all([calls.join("a", call), calls.join("b", call)]),
  ).toEqual([3, 4]);
});
