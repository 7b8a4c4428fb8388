import { alertRules } from "./soundness/alerts";
import { deploymentRules } from "./soundness/deployment";
import { networkRules } from "./soundness/network";
import { withReplacement, openRepository, type Repository } from "./repository";

const soundnessRules = { ...deploymentRules, ...networkRules, ...alertRules };

let repository: Repository;
beforeAll(async () => {
  repository = await openRepository();
});

describe("a deployment", () => {
  test.each(Object.entries(soundnessRules))("%s", (_, { problems }) => {
    expect(problems(repository)).toEqual([]);
  });
});

const violations = Object.entries(soundnessRules).flatMap(
  ([rule, { problems, violations: changes }]) =>
    changes.map((change) => ({ rule, problems, change })),
);

describe("a deployment that violates a rule", () => {
  test.each(violations)(
    "fails the rule: $rule ($change.path: $change.to)",
    ({ problems, change: { path, from, to } }) => {
      expect(problems(withReplacement(repository, path, from, to))).not.toEqual(
        [],
      );
    },
  );
});
