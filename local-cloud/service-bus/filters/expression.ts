/** The value of a message property. Undefined is NULL: the property is absent. */
export type FilterValue = string | number | boolean | Date | Buffer | undefined;

/** The properties of a message that filters can test. */
export interface FilteredMessage {
  /** By name in lower case: `messageid`, `correlationid`, `label` … */
  readonly system: ReadonlyMap<string, FilterValue>;
  /** Application properties by name in lower case. */
  readonly user: ReadonlyMap<string, FilterValue>;
}

export const comparisons = ["=", "<>", "<=", ">=", "<", ">"] as const;
export type Comparison = (typeof comparisons)[number];
export type Arithmetic = "+" | "-" | "*" | "/" | "%";

/** A parsed SQL filter. https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter */
export type FilterExpression =
  | { readonly kind: "literal"; readonly value: FilterValue }
  | {
      readonly kind: "property";
      readonly scope: "sys" | "user";
      /** In lower case. */
      readonly name: string;
    }
  | { readonly kind: "not"; readonly operand: FilterExpression }
  | {
      readonly kind: "and" | "or";
      readonly left: FilterExpression;
      readonly right: FilterExpression;
    }
  | {
      readonly kind: "compare";
      readonly operator: Comparison;
      readonly left: FilterExpression;
      readonly right: FilterExpression;
    }
  | {
      readonly kind: "arithmetic";
      readonly operator: Arithmetic;
      readonly left: FilterExpression;
      readonly right: FilterExpression;
    }
  | {
      readonly kind: "like";
      readonly operand: FilterExpression;
      readonly pattern: FilterExpression;
      readonly escape: string | undefined;
    }
  | {
      readonly kind: "in";
      readonly operand: FilterExpression;
      readonly list: readonly FilterExpression[];
    }
  | { readonly kind: "is-null"; readonly operand: FilterExpression }
  | { readonly kind: "exists"; readonly property: FilterExpression };
