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
  "an instance of version '%s' in an app of '%s' with %s runs: %s",
  (version, current, strategy, runs) => {
    const problem = describeVersionMismatch(
      version,
      settings(current, strategy),
    );
    expect(problem === undefined).toBe(runs);
    if (!runs) expect(problem).toContain(`'${version}'`);
  },
);

test("versions have an order", () => {
  const version = fc
    .array(fc.nat(20), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("."));
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      // Not -0, which `toBe` tells from 0.
      expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
