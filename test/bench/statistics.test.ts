import { array, assert, constantFrom, double, property } from "fast-check";
import { median, percentile, roundFigure } from "../../bench/statistics";

const times = array(double({ min: 0, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

describe("percentile", () => {
  test("takes the nearest rank", () => {
    const oneToHundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(oneToHundred, 50)).toBe(50);
    expect(percentile(oneToHundred, 99)).toBe(99);
    expect(percentile([7], 99)).toBe(7);
    expect(median([3, 1, 2])).toBe(2);
  });

  test("is a value measured that so many do not exceed, and no smaller one is", () => {
    assert(
      property(times, constantFrom(1, 50, 90, 99, 100), (values, percent) => {
        const found = percentile(values, percent);
        const enough = (percent / 100) * values.length;
        expect(values).toContain(found);
        expect(
          values.filter((value) => value <= found).length,
        ).toBeGreaterThanOrEqual(enough);
        expect(values.filter((value) => value < found).length).toBeLessThan(
          Math.max(enough, 1),
        );
      }),
    );
  });

  test("refuses to make a figure of nothing", () => {
    expect(() => percentile([], 50)).toThrow("no values");
  });
});

test("figures keep three digits, and all of those before the decimal point", () => {
  expect([0.012345, 3.4567, 12345.6].map(roundFigure)).toEqual([
    0.0123, 3.46, 12346,
  ]);
});
