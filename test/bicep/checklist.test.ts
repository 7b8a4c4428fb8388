import { checklist } from "./checklist";
import { changed, openWorld, type World } from "./world";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

test("the checklist has all of its 52 rows", () => {
  expect(checklist.map(({ number }) => number)).toEqual(
    Array.from({ length: 52 }, (_, index) => index + 1),
  );
});

describe("a production deployment", () => {
  test.each(checklist)("$number: $requirement", ({ problems }) => {
    expect(problems(world)).toEqual([]);
  });
});

/** Rows that find a problem, by number. */
const failing = (changedWorld: World): readonly number[] =>
  checklist
    .filter(({ problems }) => problems(changedWorld).length > 0)
    .map(({ number }) => number);

const breaking = checklist.flatMap(({ number, requirement, breaking }) =>
  breaking.map((change, index) => ({ number, requirement, index, change })),
);

describe("each row can fail", () => {
  test.each(breaking)(
    "$number fails, and no other row, when it is not so that $requirement ($index)",
    ({ number, change: { path, from, to } }) => {
      expect(failing(changed(world, path, from, to))).toEqual([number]);
    },
  );
});
