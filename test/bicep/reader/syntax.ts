/** Parses Bicep with tree-sitter-bicep. */
import { readFileSync } from "node:fs";
import { Language, type Node, Parser } from "web-tree-sitter";

export type { Node } from "web-tree-sitter";

const grammar = require.resolve("tree-sitter-bicep/tree-sitter-bicep.wasm");

export type Parse = (text: string) => Node;

/** Loads the compiled grammar from the npm package. */
export async function bicepParser(): Promise<Parse> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(readFileSync(grammar)));
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error("The parser returned no tree.");
    return tree.rootNode;
  };
}

/** Line and text of each syntax error. */
export function syntaxProblems(root: Node): readonly string[] {
  if (!root.hasError) return [];
  const here =
    root.isError || root.isMissing
      ? [`line ${root.startPosition.row + 1}: ${root.text.slice(0, 60)}`]
      : [];
  return [...here, ...root.children.flatMap(syntaxProblems)];
}
