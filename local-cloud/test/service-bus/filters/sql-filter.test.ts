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

function matches(filter: string, candidate = message): boolean {
  const parsed = parseSqlFilter(filter);
  if (parsed.problem !== undefined) throw new Error(parsed.problem);
  return matchesFilter(parsed.expression, candidate);
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
])("the filter %s matches the message", (filter) => {
  expect(matches(filter)).toBe(true);
});

test.each([
  ["n = 4", "different value"],
  ["n = '5'", "a number does not equal a string"],
  ["none = 1", "= with a missing property is UNKNOWN"],
  ["NOT none = 1", "NOT UNKNOWN is UNKNOWN"],
  ["none <> 1", "<> with a missing property is UNKNOWN"],
  ["none IN (1)", "IN with a missing property is UNKNOWN"],
  ["none NOT IN (1)", "NOT IN with a missing property is UNKNOWN"],
  ["n IN (1, none)", "IN a list that contains NULL is UNKNOWN"],
  ["none LIKE '%'", "LIKE with a missing property is UNKNOWN"],
  ["n = 5 AND none = 1", "TRUE AND UNKNOWN is UNKNOWN"],
  ["text", "a string is not a Boolean"],
  ["n / 0 = 1", "division by zero is UNKNOWN"],
])("the filter %s does not match: %s", (filter) => {
  expect(matches(filter)).toBe(false);
});

test.each([
  ["", "unexpected end of the filter at character 1"],
  ["n =", "unexpected end of the filter at character 4"],
  ["n = 1 2", "unexpected '2' at character 7"],
  ["n = 'open", "unexpected ''' at character 5"],
  ["n ; 1", "unexpected ';' at character 3"],
  ["n IN 1", "expected '(' at character 6"],
  ["n NOT 1", "unexpected '1' at character 7"],
  ["sys.Colour = 1", "unknown property sys.colour at character 1"],
  ["a LIKE 'x' ESCAPE 'yz'", "ESCAPE must be followed by one character"],
  [`n = ${"1".repeat(1024)}`, "is longer than 1024 characters"],
])("parseSqlFilter(%j) returns the problem: %s", (filter, problem) => {
  expect(parseSqlFilter(filter).problem).toContain(problem);
});

test("the parser returns an expression or a problem for any sequence of tokens", () => {
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

test("AND, OR and NOT obey De Morgan's laws, also with missing properties", () => {
  const term = fc.constantFrom("n = 5", "n = 4", "none = 1", "yes");
  fc.assert(
    fc.property(term, term, (a, b) => {
      expect(matches(`NOT (${a} AND ${b})`)).toBe(
        matches(`NOT (${a}) OR NOT (${b})`),
      );
      expect(matches(`NOT (${a} OR ${b})`)).toBe(
        matches(`NOT (${a}) AND NOT (${b})`),
      );
    }),
  );
});

test("LIKE matches the same strings as the equivalent regular expression", () => {
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
