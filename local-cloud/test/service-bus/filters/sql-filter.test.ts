import fc from "fast-check";
import { matchesFilter } from "../../../service-bus/filters/evaluate";
import type {
  FilteredMessage,
  FilterValue,
} from "../../../service-bus/filters/expression";
import { matchesLikePattern } from "../../../service-bus/filters/like";
import { parseSqlFilter } from "../../../service-bus/filters/sql-parser";

const message: FilteredMessage = {
  system: new Map<string, FilterValue>([
    ["label", "paint"],
    ["messageid", "m-1"],
  ]),
  user: new Map<string, FilterValue>([
    ["n", 5],
    ["text", "it's"],
    ["yes", true],
    ["two words", 2],
    ["in", "keyword"],
  ]),
};

function passes(filter: string, given = message): boolean {
  const parsed = parseSqlFilter(filter);
  if (parsed.problem !== undefined) throw new Error(parsed.problem);
  return matchesFilter(parsed.expression, given);
}

test.each([
  "1=1",
  "n = 5 and n <> 4 AND n >= 5 AND n <= 5 AND n < 6 AND n > -1",
  "n != 4",
  "N = 5",
  "user.n = 5",
  "n + 1 * 2 = 7 AND (n + 1) * 2 = 12 AND n % 2 = 1 AND n / 2 = 2.5",
  "text = 'it''s'",
  "yes",
  "yes = TRUE AND NOT yes = FALSE",
  "[two words] = 2 AND \"two words\" = 2 AND [in] = 'keyword'",
  "sys.Label LIKE 'p_in%' AND sys.Label NOT LIKE 'x%'",
  "'50%' LIKE '50!%' ESCAPE '!'",
  "n IN (1, 5) AND n NOT IN (2, 3)",
  "none IS NULL AND n IS NOT NULL",
  "EXISTS(n) AND NOT EXISTS(none)",
  "n = 5 OR none = 1",
  "NOT (n = 4 OR n = 3)",
])("takes the message by: %s", (filter) => {
  expect(passes(filter)).toBe(true);
});

test.each([
  ["n = 4", "the value is another"],
  ["n = '5'", "a number is no text"],
  ["none = 1", "what is missing equals nothing"],
  ["NOT none = 1", "nor does it differ from anything"],
  ["none <> 1", "nor so"],
  ["none IN (1)", "it is in no list"],
  ["none NOT IN (1)", "and is not outside of one"],
  ["n IN (1, none)", "a list with NULL in it does not settle it"],
  ["none LIKE '%'", "it is like nothing"],
  ["n = 5 AND none = 1", "AND with UNKNOWN"],
  ["text", "a text is no truth"],
  ["n / 0 = 1", "there is no such number"],
])("does not take it by: %s, as %s", (filter) => {
  expect(passes(filter)).toBe(false);
});

test.each([
  ["", "the filter ends too early at character 1"],
  ["n =", "the filter ends too early at character 4"],
  ["n = 1 2", "'2' was not expected at character 7"],
  ["n = 'open", "''' was not expected at character 5"],
  ["n ; 1", "';' was not expected at character 3"],
  ["n IN 1", "'(' was expected at character 6"],
  ["n NOT 1", "'1' was not expected at character 7"],
  ["sys.Colour = 1", "there is no property sys.colour at character 1"],
  ["a LIKE 'x' ESCAPE 'yz'", "ESCAPE must be followed by one character"],
  [`n = ${"1".repeat(1024)}`, "is longer than 1024 characters"],
])("says where %j is wrong", (filter, problem) => {
  expect(parseSqlFilter(filter).problem).toContain(problem);
});

test("no text makes the parser do anything but answer", () => {
  const part = fc.constantFrom(
    ...["n", "=", "(", ")", "AND", "NOT", "'a'", "1", "LIKE", "IN", ",", "."],
    ...["IS", "NULL", "EXISTS", "-", "[x]", "sys", "user", "'", "%"],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const parsed = parseSqlFilter(parts.join(" "));
      if (parsed.problem === undefined)
        expect(typeof matchesFilter(parsed.expression, message)).toBe(
          "boolean",
        );
      else expect(parsed.problem).not.toBe("");
    }),
  );
});

test("AND, OR and NOT keep to De Morgan's laws, also when something is missing", () => {
  const term = fc.constantFrom("n = 5", "n = 4", "none = 1", "yes");
  fc.assert(
    fc.property(term, term, (a, b) => {
      expect(passes(`NOT (${a} AND ${b})`)).toBe(
        passes(`NOT (${a}) OR NOT (${b})`),
      );
      expect(passes(`NOT (${a} OR ${b})`)).toBe(
        passes(`NOT (${a}) AND NOT (${b})`),
      );
    }),
  );
});

test("LIKE means what the regular expression of its pattern means", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", "."),
    maxLength: 8,
  });
  const pattern = fc.string({
    unit: fc.constantFrom("a", "b", ".", "%", "_"),
    maxLength: 8,
  });
  fc.assert(
    fc.property(text, pattern, (value, like) => {
      const source = like
        .replaceAll(".", "\\.")
        .replaceAll("%", ".*")
        .replaceAll("_", ".");
      expect(matchesLikePattern(value, like)).toBe(
        new RegExp(`^${source}$`).test(value),
      );
    }),
    { numRuns: 500 },
  );
});
