import { array, assert, constantFrom, double, property } from "fast-check";
import { median, percentile, roundFigure } from "../../bench/statistics";

const times = array(double({ min: 0, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

describe("percentile", () => {
  test("returns the value at the nearest rank", () => {
    const oneToHundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(oneToHundred, 50)).toBe(50);
    expect(percentile(oneToHundred, 99)).toBe(99);
    expect(percentile([7], 99)).toBe(7);
    expect(median([3, 1, 2])).toBe(2);
  });

  test("returns the smallest of the values that at least `percent` of the values do not exceed", () => {
    assert(
      property(times, constantFrom(1, 50, 90, 99, 100), (values, percent) => {
        const result = percentile(values, percent);
        const required = (percent / 100) * values.length;
        expect(values).toContain(result);
        expect(
          values.filter((value) => value <= result).length,
        ).toBeGreaterThanOrEqual(required);
        expect(values.filter((value) => value < result).length).toBeLessThan(
          Math.max(required, 1),
        );
      }),
    );
  });

  test("throws for an empty list", () => {
    expect(() => percentile([], 50)).toThrow("empty list");
  });
});

test("roundFigure keeps three significant digits, and all digits before the decimal point", () => {
  expect([0.012345, 3.4567, 12345.6].map(roundFigure)).toEqual([
    0.0123, 3.46, 12346,
  ]);
});
