import { alertRules } from "./soundness/alerts";
import { makingRules } from "./soundness/making";
import { networkRules } from "./soundness/network";
import { changed, openWorld, type World } from "./world";

const soundnessRules = { ...makingRules, ...networkRules, ...alertRules };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

describe("a deployment is sound", () => {
  test.each(Object.entries(soundnessRules))("%s", (_, { problems }) => {
    expect(problems(world)).toEqual([]);
  });
});

const breaking = Object.entries(soundnessRules).flatMap(
  ([rule, { problems, breaking: changes }]) =>
    changes.map((change) => ({ rule, problems, change })),
);

describe("one that is not is found", () => {
  test.each(breaking)(
    "it is not so that $rule, with $change.to",
    ({ problems, change: { path, from, to } }) => {
      expect(problems(changed(world, path, from, to))).not.toEqual([]);
    },
  );
});
