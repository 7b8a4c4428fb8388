import {
  type Arithmetic,
  type Comparison,
  comparisons,
  type FilterExpression,
} from "./expression";
import { SqlFilterError, type SqlToken, tokenizeSql } from "./tokens";

/** As long as the real service allows; also what keeps the nesting within bounds. */
const longest = 1024;

/** The system properties that a filter may name, in lower case. */
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

/** The filter, or one sentence of what is wrong with it. */
export function parseSqlFilter(
  text: string,
):
  | { readonly expression: FilterExpression; readonly problem?: undefined }
  | { readonly problem: string } {
  if (text.length > longest)
    return { problem: `is longer than ${longest} characters` };
  try {
    return { expression: new Parser(tokenizeSql(text)).filter() };
  } catch (error) {
    if (error instanceof SqlFilterError) return { problem: error.message };
    throw error;
  }
}

/** A parser by recursive descent: a method for each level of precedence, the weakest first. */
class Parser {
  readonly #tokens: readonly SqlToken[];
  #next = 0;

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens;
  }

  filter(): FilterExpression {
    const expression = this.#or();
    if (this.#token.kind !== "end") throw this.#unexpected();
    return expression;
  }

  #or(): FilterExpression {
    let left = this.#and();
    while (this.#takes("or")) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): FilterExpression {
    let left = this.#not();
    while (this.#takes("and")) left = { kind: "and", left, right: this.#not() };
    return left;
  }

  #not(): FilterExpression {
    if (this.#takes("not")) return { kind: "not", operand: this.#not() };
    return this.#predicate();
  }

  #predicate(): FilterExpression {
    if (this.#takes("exists")) return this.#exists();
    const left = this.#sum();
    const operator = comparisons.find((symbol) => this.#takes(symbol));
    if (operator !== undefined) return this.#compare(operator, left);
    if (this.#takes("is")) {
      const isNegated = this.#takes("not");
      this.#expect("null");
      return negatedIf(isNegated, { kind: "is-null", operand: left });
    }
    const isNegated = this.#takes("not");
    if (this.#takes("like")) return negatedIf(isNegated, this.#like(left));
    if (this.#takes("in")) return negatedIf(isNegated, this.#in(left));
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
    if (!this.#takes("escape"))
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
    while (this.#takes(",")) list.push(this.#sum());
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
      const operator = operators.find((symbol) => this.#takes(symbol));
      if (operator === undefined) return left;
      left = { kind: "arithmetic", operator, left, right: operand() };
    }
  }

  #primary(): FilterExpression {
    if (this.#takes("(")) {
      const inner = this.#or();
      this.#expect(")");
      return inner;
    }
    if (this.#takes("-")) {
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
    if (this.#takes("true")) return { kind: "literal", value: true };
    if (this.#takes("false")) return { kind: "literal", value: false };
    if (this.#takes("null")) return { kind: "literal", value: undefined };
    return undefined;
  }

  #property(): FilterExpression {
    const { at } = this.#token;
    const first = this.#name();
    if (!this.#takes("."))
      return { kind: "property", scope: "user", name: first.toLowerCase() };
    const scope = first.toLowerCase();
    const name = this.#name().toLowerCase();
    if (scope === "user") return { kind: "property", scope, name };
    const isSystem = systemProperties.some((known) => known === name);
    if (scope === "sys" && isSystem) return { kind: "property", scope, name };
    throw new SqlFilterError(`there is no property ${scope}.${name}`, at);
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

  /** Keywords in whatever case they are written. */
  #takes(text: string): boolean {
    const { kind, value } = this.#token;
    const isMeant =
      (kind === "symbol" || kind === "word") && value.toLowerCase() === text;
    if (isMeant) this.#next += 1;
    return isMeant;
  }

  #expect(text: string): void {
    if (!this.#takes(text))
      throw new SqlFilterError(
        `'${text.toUpperCase()}' was expected`,
        this.#token.at,
      );
  }

  #unexpected(): SqlFilterError {
    const { kind, value, at } = this.#token;
    return new SqlFilterError(
      kind === "end"
        ? "the filter ends too early"
        : `'${value}' was not expected`,
      at,
    );
  }
}

const keywords: ReadonlySet<string> = new Set([
  ...["and", "or", "not", "like", "in", "is", "null"],
  ...["exists", "escape", "true", "false"],
]);

const negatedIf = (
  isNegated: boolean,
  operand: FilterExpression,
): FilterExpression => (isNegated ? { kind: "not", operand } : operand);
