/** Bicep as far as tree-sitter-bicep knows it: parses text to a tree or throws with the invalid lines. */
import { readFileSync } from "node:fs";
import { Language, type Node, Parser } from "web-tree-sitter";

export type { Node } from "web-tree-sitter";

const grammar = require.resolve("tree-sitter-bicep/tree-sitter-bicep.wasm");

export type Parse = (text: string) => Node;

/** A parser with the grammar of the package: nothing is compiled or downloaded. */
export async function bicepParser(): Promise<Parse> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(readFileSync(grammar)));
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error("The parser gave up.");
    return tree.rootNode;
  };
}

/** Line and text of everything that is not Bicep, or missing. */
export function syntaxProblems(root: Node): readonly string[] {
  if (!root.hasError) return [];
  const here =
    root.isError || root.isMissing
      ? [`line ${root.startPosition.row + 1}: ${root.text.slice(0, 60)}`]
      : [];
  return [...here, ...root.children.flatMap(syntaxProblems)];
}
