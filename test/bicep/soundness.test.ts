import { alertRules } from "./soundness/alerts";
import { makingRules } from "./soundness/making";
import { networkRules } from "./soundness/network";
import { changed, openRepository, type Repository } from "./repository";

const soundnessRules = { ...makingRules, ...networkRules, ...alertRules };

let repository: Repository;
beforeAll(async () => {
  repository = await openRepository();
});

describe("a deployment is sound", () => {
  test.each(Object.entries(soundnessRules))("%s", (_, { problems }) => {
    expect(problems(repository)).toEqual([]);
  });
});

const breaking = Object.entries(soundnessRules).flatMap(
  ([rule, { problems, breaking: changes }]) =>
    changes.map((change) => ({ rule, problems, change })),
);

describe("an unsound deployment is detected", () => {
  test.each(breaking)(
    "it is not so that $rule, with $change.to",
    ({ problems, change: { path, from, to } }) => {
      expect(problems(changed(repository, path, from, to))).not.toEqual([]);
    },
  );
});
