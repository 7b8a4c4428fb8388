import { matchesFilter } from "./evaluate";
import type { FilteredMessage, FilterValue } from "./expression";
import { parseSqlFilter } from "./sql-parser";

/** The persisted filter of a rule. */
export type RuleFilter =
  | { readonly kind: "sql"; readonly expression: string }
  | {
      readonly kind: "correlation";
      /** Required values by the name of the system property in lower case. */
      readonly system: Readonly<Record<string, string>>;
      readonly user: Readonly<Record<string, string | number | boolean>>;
    };

export const matchAllFilter: RuleFilter = { kind: "sql", expression: "1=1" };

/** A compiled filter. The message is decoded only if the result depends on it. */
export type FilterPredicate = (message: () => FilteredMessage) => boolean;

/** Throws `SyntaxError`. */
export function compileFilter(filter: RuleFilter): FilterPredicate {
  if (filter.kind === "correlation") return compileCorrelationFilter(filter);
  if (filter.expression.replaceAll(/\s/g, "") === "1=1") return () => true;
  const parsed = parseSqlFilter(filter.expression);
  if (parsed.problem !== undefined) throw new SyntaxError(parsed.problem);
  const { expression } = parsed;
  return (message) => matchesFilter(expression, message());
}

function compileCorrelationFilter({
  system,
  user,
}: Extract<RuleFilter, { kind: "correlation" }>): FilterPredicate {
  const requiredSystem = Object.entries(system);
  const requiredUser = Object.entries(user);
  const areEqual = (
    required: readonly (readonly [string, FilterValue])[],
    found: ReadonlyMap<string, FilterValue>,
  ) =>
    required.every(([name, value]) => found.get(name.toLowerCase()) === value);
  return (message) => {
    const { system, user } = message();
    return areEqual(requiredSystem, system) && areEqual(requiredUser, user);
  };
}
