import { matchesFilter } from "./evaluate";
import type { FilteredMessage, FilterValue } from "./expression";
import { parseSqlFilter } from "./sql-parser";

/** Which messages a rule takes, as it is stored. */
export type RuleFilter =
  | { readonly kind: "sql"; readonly expression: string }
  | {
      readonly kind: "correlation";
      /** By the names of the system properties in lower case; all must be equal. */
      readonly system: Readonly<Record<string, string>>;
      readonly user: Readonly<Record<string, string | number | boolean>>;
    };

export const matchAllFilter: RuleFilter = { kind: "sql", expression: "1=1" };

/** A filter made ready to be asked often. The message is looked into only when the answer depends on it. */
export type FilterPredicate = (message: () => FilteredMessage) => boolean;

/** Throws when the expression cannot be parsed. */
export function compileFilter(filter: RuleFilter): FilterPredicate {
  if (filter.kind === "correlation") return correlationTest(filter);
  if (filter.expression.replaceAll(/\s/g, "") === "1=1") return () => true;
  const parsed = parseSqlFilter(filter.expression);
  if (parsed.problem !== undefined) throw new SyntaxError(parsed.problem);
  const { expression } = parsed;
  return (message) => matchesFilter(expression, message());
}

function correlationTest({
  system,
  user,
}: Extract<RuleFilter, { kind: "correlation" }>): FilterPredicate {
  const wantedSystem = Object.entries(system);
  const wantedUser = Object.entries(user);
  const areEqual = (
    wanted: readonly (readonly [string, FilterValue])[],
    found: ReadonlyMap<string, FilterValue>,
  ) => wanted.every(([name, value]) => found.get(name.toLowerCase()) === value);
  return (message) => {
    const { system, user } = message();
    return areEqual(wantedSystem, system) && areEqual(wantedUser, user);
  };
}
