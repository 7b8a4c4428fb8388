import fc from "fast-check";
import {
  isSubMinuteSchedule,
  parseTimerSchedule,
} from "../../../../functions-host/extensions/timer/schedule";

const next = (text: string, from: string, zone = "Etc/UTC") => {
  const time = parseTimerSchedule(text, zone).next(Date.parse(from));
  return time === undefined ? undefined : new Date(time).toISOString();
};

/** Generates the text of a field of an expression, with the values that the field matches. */
const field = (min: number, max: number) => {
  const value = fc.integer({ min, max });
  const range = (low: number, high: number, step: number) =>
    Array.from({ length: high - low + 1 }, (_, index) => low + index).filter(
      (_, index) => index % step === 0,
    );
  const step = fc.integer({ min: 1, max: max - min });
  return fc.oneof(
    fc.constant({ text: "*", values: range(min, max, 1) }),
    step.map((every) => ({
      text: `*/${every}`,
      values: range(min, max, every),
    })),
    fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => ({
      text: values.join(","),
      values,
    })),
    fc.tuple(value, value, step).map(([a, b, every]) => ({
      text: `${Math.min(a, b)}-${Math.max(a, b)}/${every}`,
      values: range(Math.min(a, b), Math.max(a, b), every),
    })),
    fc.tuple(value, step).map(([from, every]) => ({
      text: `${from}/${every}`,
      values: range(from, max, every),
    })),
  );
};

describe("a schedule", () => {
  test("is due at the next second that matches all six fields", () => {
    fc.assert(
      fc.property(
        fc.tuple(
          field(0, 59),
          field(0, 59),
          field(0, 23),
          field(1, 31),
          field(1, 12),
          field(0, 6),
        ),
        fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
        (fields, fromSeconds) => {
          const matches = (date: Date): boolean =>
            [
              date.getUTCSeconds(),
              date.getUTCMinutes(),
              date.getUTCHours(),
              date.getUTCDate(),
              date.getUTCMonth() + 1,
              date.getUTCDay(),
            ].every((part, index) => fields[index]?.values.includes(part));
          const text = fields.map((one) => one.text).join(" ");
          const found = parseTimerSchedule(text, "Etc/UTC").next(
            fromSeconds * 1000,
          );
          // Advances by the largest step that cannot skip a matching time.
          const date = new Date((fromSeconds + 1) * 1000);
          const end = date.getTime() + 400 * 86_400_000;
          const dayMatches = (): boolean =>
            fields[3].values.includes(date.getUTCDate()) &&
            fields[4].values.includes(date.getUTCMonth() + 1) &&
            fields[5].values.includes(date.getUTCDay());
          while (date.getTime() < end && !matches(date)) {
            if (!dayMatches()) date.setUTCHours(24, 0, 0, 0);
            else if (!fields[2].values.includes(date.getUTCHours()))
              date.setUTCMinutes(60, 0, 0);
            else if (!fields[1].values.includes(date.getUTCMinutes()))
              date.setUTCSeconds(60, 0);
            else date.setUTCSeconds(date.getUTCSeconds() + 1);
          }
          if (date.getTime() >= end)
            expect(found === undefined || found >= end).toBe(true);
          else expect(found).toBe(date.getTime());
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ["*/5 * * * *", "2026-11-24T08:01:30Z", "2026-11-24T08:05:00.000Z"],
    ["0 0 9 * * MON-FRI", "2026-11-27T10:00:00Z", "2026-11-30T09:00:00.000Z"],
    ["0 0 9 1 JAN,feb *", "2026-11-27T10:00:00Z", "2027-01-01T09:00:00.000Z"],
    ["0 0 9 13 * 5", "2026-11-24T08:00:00Z", "2027-08-13T09:00:00.000Z"],
    ["00:00:30", "2026-11-24T08:00:00Z", "2026-11-24T08:00:30.000Z"],
    ["0 0 0 30 2 *", "2026-11-24T08:00:00Z", undefined],
  ])("the next occurrence of %s after %s is %s", (text, from, expected) => {
    expect(next(text, from)).toBe(expected);
  });

  test.each([
    ["2026-03-28T12:00:00Z", "2026-03-29T07:00:00.000Z"],
    ["2026-10-24T12:00:00Z", "2026-10-25T08:00:00.000Z"],
  ])(
    "follows daylight saving time of its time zone after %s",
    (from, expected) => {
      expect(next("0 0 9 * * *", from, "Europe/Berlin")).toBe(expected);
    },
  );

  test.each([
    ["", /six fields/],
    ["* * * *", /six fields/],
    ["0 0 0 * * * 2027", /six fields/],
    ["@daily", /six fields/],
    ["0 0 0 L * *", /six fields/],
    ["0 0 0 * * MON#2", /six fields/],
    ["0 0 0 ? * *", /six fields/],
    ["61 * * * * *", /61/],
    ["0 0 24 * * *", /24/],
    ["00:00:00", /interval must be longer than 00:00:00/],
  ])("rejects %j", (text, expected) => {
    expect(() => parseTimerSchedule(text, "Etc/UTC")).toThrow(expected);
  });

  test.each([
    ["*/30 * * * * *", true],
    ["0 * * * * *", false],
    ["00:00:59", true],
    ["0 0 0 30 2 *", false],
  ])("isSubMinuteSchedule of %s returns %s", (text, expected) => {
    expect(isSubMinuteSchedule(parseTimerSchedule(text, "Etc/UTC"), 0)).toBe(
      expected,
    );
  });
});
