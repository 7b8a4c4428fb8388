import { parseTimeSpanMs } from "../../../shared/time/time-span";

test.each([
  ["00:00:01", 1000],
  ["1.02:03:04", 93_784_000],
  ["00:05", 300_000],
  ["00:00:00.05", 50],
  ["00:00:00.1234567", 123],
  ["5", undefined],
  ["-00:00:01", undefined],
  ["00:00:1", undefined],
])("parseTimeSpanMs(%j) returns %s", (text, expected) => {
  expect(parseTimeSpanMs(text)).toBe(expected);
});
