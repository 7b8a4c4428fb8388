import {
  type Arithmetic,
  type Comparison,
  comparisons,
  type FilterExpression,
} from "./expression";
import { SqlFilterError, type SqlToken, tokenizeSql } from "./tokens";

/** The limit of Azure Service Bus. It also bounds the nesting depth. */
const maxLength = 1024;

/** Supported system properties, in lower case. */
const systemProperties = [
  "messageid",
  "correlationid",
  "to",
  "replyto",
  "label",
  "subject",
  "sessionid",
  "replytosessionid",
  "contenttype",
] as const;

/** Returns the expression, or the problem as the predicate of a sentence. */
export function parseSqlFilter(
  text: string,
):
  | { readonly expression: FilterExpression; readonly problem?: undefined }
  | { readonly problem: string } {
  if (text.length > maxLength)
    return { problem: `is longer than ${maxLength} characters` };
  try {
    return { expression: new SqlFilterParser(tokenizeSql(text)).parse() };
  } catch (error) {
    if (error instanceof SqlFilterError) return { problem: error.message };
    throw error;
  }
}

/** A recursive descent parser with one method per precedence level, lowest first. */
class SqlFilterParser {
  readonly #tokens: readonly SqlToken[];
  #next = 0;

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens;
  }

  parse(): FilterExpression {
    const expression = this.#or();
    if (this.#token.kind !== "end") throw this.#unexpected();
    return expression;
  }

  #or(): FilterExpression {
    let left = this.#and();
    while (this.#accept("or")) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): FilterExpression {
    let left = this.#not();
    while (this.#accept("and"))
      left = { kind: "and", left, right: this.#not() };
    return left;
  }

  #not(): FilterExpression {
    if (this.#accept("not")) return { kind: "not", operand: this.#not() };
    return this.#predicate();
  }

  #predicate(): FilterExpression {
    if (this.#accept("exists")) return this.#exists();
    const left = this.#sum();
    const operator = comparisons.find((symbol) => this.#accept(symbol));
    if (operator !== undefined) return this.#compare(operator, left);
    if (this.#accept("is")) {
      const isNegated = this.#accept("not");
      this.#expect("null");
      return negateIf(isNegated, { kind: "is-null", operand: left });
    }
    const isNegated = this.#accept("not");
    if (this.#accept("like")) return negateIf(isNegated, this.#like(left));
    if (this.#accept("in")) return negateIf(isNegated, this.#in(left));
    if (isNegated) throw this.#unexpected();
    return left;
  }

  #compare(operator: Comparison, left: FilterExpression): FilterExpression {
    return { kind: "compare", operator, left, right: this.#sum() };
  }

  #exists(): FilterExpression {
    this.#expect("(");
    const property = this.#property();
    this.#expect(")");
    return { kind: "exists", property };
  }

  #like(operand: FilterExpression): FilterExpression {
    const pattern = this.#sum();
    if (!this.#accept("escape"))
      return { kind: "like", operand, pattern, escape: undefined };
    const token = this.#token;
    if (token.kind !== "string" || Array.from(token.value).length !== 1)
      throw new SqlFilterError(
        "ESCAPE must be followed by one character in quotes",
        token.at,
      );
    this.#next += 1;
    return { kind: "like", operand, pattern, escape: token.value };
  }

  #in(operand: FilterExpression): FilterExpression {
    this.#expect("(");
    const list = [this.#sum()];
    while (this.#accept(",")) list.push(this.#sum());
    this.#expect(")");
    return { kind: "in", operand, list };
  }

  #sum(): FilterExpression {
    return this.#chain(["+", "-"], () =>
      this.#chain(["*", "/", "%"], () => this.#primary()),
    );
  }

  #chain(
    operators: readonly Arithmetic[],
    operand: () => FilterExpression,
  ): FilterExpression {
    let left = operand();
    for (;;) {
      const operator = operators.find((symbol) => this.#accept(symbol));
      if (operator === undefined) return left;
      left = { kind: "arithmetic", operator, left, right: operand() };
    }
  }

  #primary(): FilterExpression {
    if (this.#accept("(")) {
      const inner = this.#or();
      this.#expect(")");
      return inner;
    }
    if (this.#accept("-")) {
      const zero: FilterExpression = { kind: "literal", value: 0 };
      const right = this.#primary();
      return { kind: "arithmetic", operator: "-", left: zero, right };
    }
    return this.#literal() ?? this.#property();
  }

  #literal(): FilterExpression | undefined {
    const token = this.#token;
    if (token.kind === "number" || token.kind === "string") {
      this.#next += 1;
      return { kind: "literal", value: token.value };
    }
    if (this.#accept("true")) return { kind: "literal", value: true };
    if (this.#accept("false")) return { kind: "literal", value: false };
    if (this.#accept("null")) return { kind: "literal", value: undefined };
    return undefined;
  }

  #property(): FilterExpression {
    const { at } = this.#token;
    const first = this.#name();
    if (!this.#accept("."))
      return { kind: "property", scope: "user", name: first.toLowerCase() };
    const scope = first.toLowerCase();
    const name = this.#name().toLowerCase();
    if (scope === "user") return { kind: "property", scope, name };
    const isSystem = systemProperties.some((known) => known === name);
    if (scope === "sys" && isSystem) return { kind: "property", scope, name };
    throw new SqlFilterError(`unknown property ${scope}.${name}`, at);
  }

  #name(): string {
    const token = this.#token;
    const isName =
      token.kind === "name" ||
      (token.kind === "word" && !keywords.has(token.value.toLowerCase()));
    if (!isName) throw this.#unexpected();
    this.#next += 1;
    return token.value;
  }

  get #token(): SqlToken {
    return this.#tokens[this.#next] ?? { kind: "end", value: "", at: 0 };
  }

  /** Consumes the next token if it is this symbol or, case-insensitively, this keyword. */
  #accept(text: string): boolean {
    const { kind, value } = this.#token;
    const isMatch =
      (kind === "symbol" || kind === "word") && value.toLowerCase() === text;
    if (isMatch) this.#next += 1;
    return isMatch;
  }

  #expect(text: string): void {
    if (!this.#accept(text))
      throw new SqlFilterError(
        `expected '${text.toUpperCase()}'`,
        this.#token.at,
      );
  }

  #unexpected(): SqlFilterError {
    const { kind, value, at } = this.#token;
    return new SqlFilterError(
      kind === "end" ? "unexpected end of the filter" : `unexpected '${value}'`,
      at,
    );
  }
}

const keywords: ReadonlySet<string> = new Set([
  ...["and", "or", "not", "like", "in", "is", "null"],
  ...["exists", "escape", "true", "false"],
]);

const negateIf = (
  isNegated: boolean,
  operand: FilterExpression,
): FilterExpression => (isNegated ? { kind: "not", operand } : operand);
