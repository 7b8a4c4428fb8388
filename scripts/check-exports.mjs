// `npm run exports`: every exported name exists once in the repository, so that go-to-symbol finds one thing.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "./set-up.mjs";

/** Apps that tests and examples load: each is a program of its own. */
const separatePrograms = /(^|\/)fixtures\/|^examples\/|^bench\/(app|peers)\//;

const files = execFileSync("git", ["ls-files", "*.ts", "*.tsx"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && !separatePrograms.test(file));

/** File by exported name; a re-export does not count, an overload or a type beside its value counts once. */
const declarations = new Map();
for (const file of files)
  for (const name of new Set(exportedNames(file)))
    declarations.set(name, [...(declarations.get(name) ?? []), file]);

const duplicates = [...declarations].filter(([, places]) => places.length > 1);
for (const [name, places] of duplicates)
  console.error(
    `${name} is exported by ${places.join(" and ")}: give each a name that says which it is.`,
  );
if (duplicates.length > 0) process.exitCode = 1;

function exportedNames(file) {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return source.statements
    .filter(isExported)
    .flatMap((statement) =>
      ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.flatMap(({ name }) =>
            boundNames(name),
          )
        : [statement.name?.text ?? []].flat(),
    );
}

function isExported(statement) {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(
      ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
    )
  );
}

function boundNames(name) {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) =>
        element.name ? boundNames(element.name) : [],
      );
}
