/** What a property of a message can be. Absent properties are undefined, which is the NULL of the expressions. */
export type Value = string | number | boolean | Date | Buffer | undefined;

/** A message as filters see it. */
export interface FilteredMessage {
  /** By their names in lower case: `messageid`, `correlationid`, `label` … */
  readonly system: ReadonlyMap<string, Value>;
  /** The application properties, by their names in lower case. */
  readonly user: ReadonlyMap<string, Value>;
}

export const comparisons = ["=", "<>", "<=", ">=", "<", ">"] as const;
export type Comparison = (typeof comparisons)[number];
export type Arithmetic = "+" | "-" | "*" | "/" | "%";

/** A parsed SQL filter. https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter */
export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  | {
      readonly kind: "property";
      readonly scope: "sys" | "user";
      /** In lower case. */
      readonly name: string;
    }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "and" | "or";
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "compare";
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "arithmetic";
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "like";
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape: string | undefined;
    }
  | {
      readonly kind: "in";
      readonly operand: Expression;
      readonly list: readonly Expression[];
    }
  | { readonly kind: "is-null"; readonly operand: Expression }
  | { readonly kind: "exists"; readonly property: Expression };
