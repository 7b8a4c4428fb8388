import { matches } from "./evaluate";
import type { FilteredMessage, Value } from "./expression";
import { parseSqlFilter } from "./sql-parser";

/** Which messages a rule takes, as it is stored. */
export type Filter =
  | { readonly kind: "sql"; readonly expression: string }
  | {
      readonly kind: "correlation";
      /** By the names of the system properties in lower case; all must be equal. */
      readonly system: Readonly<Record<string, string>>;
      readonly user: Readonly<Record<string, string | number | boolean>>;
    };

export const everything: Filter = { kind: "sql", expression: "1=1" };

/** A filter made ready to be asked often. The message is looked into only when the answer depends on it. */
export type Test = (message: () => FilteredMessage) => boolean;

/** Throws when the expression cannot be parsed. */
export function testOf(filter: Filter): Test {
  if (filter.kind === "correlation") return correlationTest(filter);
  if (filter.expression.replaceAll(/\s/g, "") === "1=1") return () => true;
  const parsed = parseSqlFilter(filter.expression);
  if (parsed.problem !== undefined) throw new SyntaxError(parsed.problem);
  const { expression } = parsed;
  return (message) => matches(expression, message());
}

function correlationTest({
  system,
  user,
}: Extract<Filter, { kind: "correlation" }>): Test {
  const wantedSystem = Object.entries(system);
  const wantedUser = Object.entries(user);
  const areEqual = (
    wanted: readonly (readonly [string, Value])[],
    found: ReadonlyMap<string, Value>,
  ) => wanted.every(([name, value]) => found.get(name.toLowerCase()) === value);
  return (message) => {
    const { system, user } = message();
    return areEqual(wantedSystem, system) && areEqual(wantedUser, user);
  };
}
