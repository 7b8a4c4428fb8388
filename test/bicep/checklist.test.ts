import { checklist } from "./checklist";
import { withReplacement, openRepository, type Repository } from "./repository";

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

const violations = checklist.flatMap(({ number, requirement, violations }) =>
  violations.map((change, index) => ({ number, requirement, index, change })),
);

describe("a deployment that violates one requirement", () => {
  test.each(violations)(
    "fails row $number only: $requirement ($index)",
    ({ number, change: { path, from, to } }) => {
      expect(failing(withReplacement(repository, path, from, to))).toEqual([
        number,
      ]);
    },
  );
});
