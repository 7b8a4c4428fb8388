import fc from "fast-check";
import {
  compareVersions,
  describeVersionMismatch,
} from "../../../durable-task/engine/version-match";

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

test("compareVersions is antisymmetric and transitive", () => {
  const version = fc
    .array(fc.nat(20), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("."));
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      // The sum, because `toBe` distinguishes 0 from the negation -0.
      expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
