import { parseDuration } from "../../src/domain/duration";

test.each([
  ["500ms", 500],
  ["2s", 2_000],
  ["10m", 600_000],
  ["72h", 259_200_000],
  ["3d", 259_200_000],
  ["", undefined],
  ["2 s", undefined],
  ["-2s", undefined],
  ["1.5s", undefined],
])("parses the duration %p to %p ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
