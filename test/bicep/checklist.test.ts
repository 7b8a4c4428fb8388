import { checklist } from "./checklist";
import { changed, openRepository, type Repository } from "./repository";

let repository: Repository;
beforeAll(async () => {
  repository = await openRepository();
});

test("the checklist has 52 rows", () => {
  expect(checklist.map(({ number }) => number)).toEqual(
    Array.from({ length: 52 }, (_, index) => index + 1),
  );
});

describe("a production deployment", () => {
  test.each(checklist)("$number: $requirement", ({ problems }) => {
    expect(problems(repository)).toEqual([]);
  });
});

/** Rows that find a problem, by number. */
const failing = (changedRepository: Repository): readonly number[] =>
  checklist
    .filter(({ problems }) => problems(changedRepository).length > 0)
    .map(({ number }) => number);

const breaking = checklist.flatMap(({ number, requirement, breaking }) =>
  breaking.map((change, index) => ({ number, requirement, index, change })),
);

describe("each row can fail", () => {
  test.each(breaking)(
    "$number fails, and no other row, when it is not so that $requirement ($index)",
    ({ number, change: { path, from, to } }) => {
      expect(failing(changed(repository, path, from, to))).toEqual([number]);
    },
  );
});
