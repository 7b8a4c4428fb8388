/** Expressions of Bicep as data, read from the tree of the parser. */
import type { Node } from "./syntax";

export type Expression =
  | {
      readonly kind: "literal";
      readonly value: string | number | boolean | null;
    }
  | { readonly kind: "text"; readonly parts: readonly Expression[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "object"; readonly entries: readonly Entry[] }
  | { readonly kind: "array"; readonly items: readonly Expression[] }
  | {
      readonly kind: "member";
      readonly target: Expression;
      readonly name: string;
      readonly safe: boolean;
    }
  | {
      readonly kind: "index";
      readonly target: Expression;
      readonly index: Expression;
    }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Expression[];
    }
  | {
      readonly kind: "choice";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "unary";
      readonly operator: string;
      readonly operand: Expression;
    }
  | {
      readonly kind: "loop";
      readonly item: string;
      readonly index: string | undefined;
      readonly over: Expression;
      readonly body: Expression;
    }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly body: Expression;
    };
interface Entry {
  readonly key: Expression;
  readonly value: Expression;
}

const literal = (value: string | number | boolean | null): Expression => ({
  kind: "literal",
  value,
});

/** Throws when the tree contains a node of an unknown type. */
export function expressionOf(node: Node): Expression {
  const read = readers[node.type];
  if (read === undefined)
    throw new Error(
      `line ${node.startPosition.row + 1}: cannot read ${node.type}: ${node.text.slice(0, 60)}`,
    );
  return read(node);
}

const readers: Readonly<
  Record<string, ((node: Node) => Expression) | undefined>
> = {
  string: textOf,
  number: (node) => literal(Number(node.text)),
  boolean: (node) => literal(node.text === "true"),
  null: () => literal(null),
  identifier: (node) => ({ kind: "name", name: node.text }),
  parenthesized_expression: (node) => expressionOf(only(node)),
  object: (node) => ({
    kind: "object",
    entries: namedChildren(node).map(entryOf),
  }),
  array: (node) => ({
    kind: "array",
    items: namedChildren(node).map(expressionOf),
  }),
  member_expression: (node) => ({
    kind: "member",
    target: expressionOf(field(node, "object")),
    name: field(node, "property").text,
    safe: node.children.some(({ type }) => type === ".?"),
  }),
  subscript_expression: (node) => ({
    kind: "index",
    target: expressionOf(field(node, "object")),
    index: expressionOf(field(node, "index")),
  }),
  call_expression: (node) => ({
    kind: "call",
    name: field(node, "function").text,
    args: namedChildren(field(node, "arguments")).map(expressionOf),
  }),
  ternary_expression: (node) => ({
    kind: "choice",
    condition: expressionOf(field(node, "condition")),
    then: expressionOf(field(node, "consequence")),
    otherwise: expressionOf(field(node, "alternative")),
  }),
  binary_expression: (node) => ({
    kind: "binary",
    operator: field(node, "operator").text,
    left: expressionOf(field(node, "left")),
    right: expressionOf(field(node, "right")),
  }),
  unary_expression: (node) => ({
    kind: "unary",
    operator: field(node, "operator").text,
    operand: expressionOf(field(node, "argument")),
  }),
  for_statement: loopOf,
  if_statement: (node) => {
    const [condition, body] = namedChildren(node);
    return {
      kind: "if",
      condition: expressionOf(present(condition, node)),
      body: expressionOf(present(body, node)),
    };
  },
};

/** Takes the text from the source, because the parser drops blanks beside an interpolation. */
function textOf(node: Node): Expression {
  const parts: Expression[] = [];
  let from = 1;
  const plain = (to: number) => {
    const text = node.text.slice(from, to);
    if (text !== "") parts.push(literal(unescaped(text)));
  };
  for (const child of namedChildren(node)) {
    if (child.type !== "interpolation") continue;
    plain(child.startIndex - node.startIndex);
    parts.push(expressionOf(only(child)));
    from = child.endIndex - node.startIndex;
  }
  plain(node.text.length - 1);
  const [first] = parts;
  if (first === undefined) return literal("");
  return parts.length === 1 && first.kind === "literal"
    ? first
    : { kind: "text", parts };
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) =>
    character === "n" ? "\n" : character,
  );

function entryOf(node: Node): Entry {
  const [key, value] = namedChildren(node);
  const name = present(key, node);
  return {
    key: name.type === "string" ? textOf(name) : literal(name.text),
    value: expressionOf(present(value, node)),
  };
}

function loopOf(node: Node): Expression {
  const body = field(node, "body");
  const [head, over] = namedChildren(node);
  const names = present(head, node);
  const [item, index] =
    names.type === "for_loop_parameters"
      ? namedChildren(names).map(({ text }) => text)
      : [names.text];
  return {
    kind: "loop",
    item: item ?? "",
    index,
    over: expressionOf(present(over, node)),
    body: expressionOf(body),
  };
}

export const namedChildren = (node: Node): readonly Node[] =>
  node.namedChildren.filter(
    (child) => child.type !== "comment" && child.type !== "diagnostic_comment",
  );

function present(node: Node | undefined, within: Node): Node {
  if (node === undefined)
    throw new Error(
      `line ${within.startPosition.row + 1}: ${within.type} lacks a part`,
    );
  return node;
}
const only = (node: Node): Node => present(namedChildren(node)[0], node);
const field = (node: Node, name: string): Node =>
  present(node.childForFieldName(name) ?? undefined, node);
