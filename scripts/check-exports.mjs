// `npm run exports`: every exported name exists once in the repository, so that go-to-symbol finds one thing.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "./set-up.mjs";

/** Apps of tests, examples and benchmarks: each is a separate program. */
const separatePrograms = /(^|\/)fixtures\/|^examples\/|^bench\/(app|peers)\//;

const files = execFileSync("git", ["ls-files", "*.ts", "*.tsx"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && !separatePrograms.test(file));

/** Files by exported name. Re-exports are ignored; overloads, and a type with its value, count once. */
const declarations = new Map();
for (const file of files)
  for (const name of new Set(exportedNames(file)))
    declarations.set(name, [...(declarations.get(name) ?? []), file]);

const duplicates = [...declarations].filter(([, paths]) => paths.length > 1);
for (const [name, paths] of duplicates)
  console.error(
    `${paths.join(" and ")} export ${name}. Give each a specific name.`,
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
