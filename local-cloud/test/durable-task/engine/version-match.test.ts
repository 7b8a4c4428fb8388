import fc from "fast-check";
import { describeVersionMismatch } from "../../../durable-task/engine/version-match";

const settings = (
  defaultVersion: string,
  versionMatchStrategy: "None" | "Strict" | "CurrentOrOlder",
) => ({ defaultVersion, versionMatchStrategy });

test.each([
  ["1.0", "2.0", "CurrentOrOlder", true],
  ["2.0", "2", "CurrentOrOlder", true],
  ["10.0", "9.1", "CurrentOrOlder", false],
  ["", "1.0", "CurrentOrOlder", true],
  ["1.0", "2.0", "Strict", false],
  ["2.0.0", "2.0", "Strict", true],
  ["3.0", "2.0", "None", true],
  ["3.0", "", "Strict", true],
] as const)(
  "matches version '%s' with the app version '%s' under %s: %s",
  (version, current, strategy, matches) => {
    const problem = describeVersionMismatch(
      version,
      settings(current, strategy),
    );
    expect(problem === undefined).toBe(matches);
    if (!matches) expect(problem).toContain(`'${version}'`);
  },
);

test("CurrentOrOlder is a total order in which Strict is equality", () => {
  const isMatch = (
    version: string,
    current: string,
    strategy: "Strict" | "CurrentOrOlder",
  ): boolean =>
    describeVersionMismatch(version, settings(current, strategy)) === undefined;
  const isUpTo = (a: string, b: string): boolean =>
    isMatch(a, b, "CurrentOrOlder");
  const arbitraryVersion = fc
    .array(fc.nat(20), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("."));
  fc.assert(
    fc.property(
      arbitraryVersion,
      arbitraryVersion,
      arbitraryVersion,
      (a, b, c) => {
        expect(isUpTo(a, b) || isUpTo(b, a)).toBe(true);
        expect(isUpTo(a, b) && isUpTo(b, a)).toBe(isMatch(a, b, "Strict"));
        if (isUpTo(a, b) && isUpTo(b, c)) expect(isUpTo(a, c)).toBe(true);
      },
    ),
  );
});
