/** Reads the declarations of a Bicep file. */
import { type Expression, expressionOf, namedChildren } from "./expression";
import { type Node, type Parse, syntaxProblems } from "./syntax";

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly fallback: Expression | undefined;
  readonly decorators: ReadonlyMap<string, readonly Expression[]>;
}
interface Declared {
  readonly symbol: string;
  readonly body: Expression;
}
export interface Resource extends Declared {
  readonly type: string;
  readonly apiVersion: string;
  readonly existing: boolean;
}
export interface Module extends Declared {
  /** Relative to the file that calls it. */
  readonly path: string;
}
export interface Output {
  readonly name: string;
  readonly type: string;
  readonly value: Expression;
  readonly decorators: ReadonlyMap<string, readonly Expression[]>;
}
export interface Template {
  readonly targetScope: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly variables: ReadonlyMap<string, Expression>;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly modules: ReadonlyMap<string, Module>;
  readonly outputs: ReadonlyMap<string, Output>;
}

/** Throws an error that lists every syntax error. */
export function readTemplate(parse: Parse, text: string): Template {
  const root = parse(text);
  const problems = syntaxProblems(root);
  if (problems.length > 0)
    throw new Error(`This is not Bicep:\n${problems.join("\n")}`);
  const template = {
    targetScope: "resourceGroup",
    parameters: new Map<string, Parameter>(),
    variables: new Map<string, Expression>(),
    resources: new Map<string, Resource>(),
    modules: new Map<string, Module>(),
    outputs: new Map<string, Output>(),
  };
  let decorators: ReadonlyMap<string, readonly Expression[]> = new Map();
  for (const node of namedChildren(root)) {
    if (node.type === "decorators") {
      decorators = decoratorsOf(node);
      continue;
    }
    declare(template, node, decorators);
    decorators = new Map();
  }
  return template;
}

/** Reads the values of a .bicepparam file. Converts them to variables, because the grammar covers only .bicep files. */
export function readAssignments(
  parse: Parse,
  text: string,
): ReadonlyMap<string, Expression> {
  const asTemplate = text
    .replace(/^using .*$/m, "")
    .replaceAll(/^param (\w+) =/gm, "var $1 =");
  return readTemplate(parse, asTemplate).variables;
}

interface Draft {
  targetScope: string;
  readonly parameters: Map<string, Parameter>;
  readonly variables: Map<string, Expression>;
  readonly resources: Map<string, Resource>;
  readonly modules: Map<string, Module>;
  readonly outputs: Map<string, Output>;
}
type Decorators = ReadonlyMap<string, readonly Expression[]>;

function declare(draft: Draft, node: Node, decorators: Decorators): void {
  const parts = namedChildren(node);
  const last = () => expressionOf(at(parts, parts.length - 1, node));
  const name = at(parts, 0, node).text;
  switch (node.type) {
    case "target_scope_assignment":
      draft.targetScope = at(parts, 0, node).text.slice(1, -1);
      return;
    case "metadata_declaration":
      return;
    case "parameter_declaration":
      draft.parameters.set(name, {
        name,
        type: at(parts, 1, node).text,
        fallback: parts.length > 2 ? last() : undefined,
        decorators,
      });
      return;
    case "variable_declaration":
      draft.variables.set(name, last());
      return;
    case "resource_declaration":
      draft.resources.set(name, resourceOf(node, name, last()));
      return;
    case "module_declaration":
      draft.modules.set(name, {
        symbol: name,
        path: at(parts, 1, node).text.slice(1, -1),
        body: last(),
      });
      return;
    case "output_declaration":
      draft.outputs.set(name, {
        name,
        type: at(parts, 1, node).text,
        value: last(),
        decorators,
      });
      return;
    default:
      throw new Error(
        `line ${node.startPosition.row + 1}: cannot read ${node.type}`,
      );
  }
}

function resourceOf(node: Node, symbol: string, body: Expression): Resource {
  const [type = "", apiVersion = ""] = at(namedChildren(node), 1, node)
    .text.slice(1, -1)
    .split("@");
  const existing = node.children.some((child) => child.type === "existing");
  return { symbol, type, apiVersion, existing, body };
}

const decoratorsOf = (node: Node): Decorators =>
  new Map(
    namedChildren(node).map((decorator) => {
      const call = expressionOf(at(namedChildren(decorator), 0, decorator));
      if (call.kind !== "call")
        throw new Error(`${decorator.text} is no decorator`);
      return [call.name, call.args];
    }),
  );

function at(parts: readonly Node[], index: number, within: Node): Node {
  const part = parts[index];
  if (part === undefined)
    throw new Error(
      `line ${within.startPosition.row + 1}: ${within.type} lacks a part`,
    );
  return part;
}
