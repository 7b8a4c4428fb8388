// `npm run graph`: draws which folder imports which into docs/architecture.md; with --check only says whether the picture is right.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { fail, root } from "./set-up.mjs";

const document = join(root, "docs", "architecture.md");
const [begin, end] = ["<!-- graph -->", "<!-- /graph -->"];
const rootFiles = "src/*.ts";

const text = readFileSync(document, "utf8");
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from)
  fail(
    `${document} has no place for the picture: put ${begin} and ${end} there.`,
  );
const drawn =
  text.slice(0, from + begin.length) +
  `\n\n${picture(imports(await modules()))}\n\n` +
  text.slice(to);

if (!process.argv.includes("--check")) writeFileSync(document, drawn);
else if (drawn !== text)
  fail("The picture in docs/architecture.md is out of date: npm run graph");

async function modules() {
  process.chdir(root); // dependency-cruiser finds sources and tsconfig.json from where it stands
  const options = await extractDepcruiseOptions("./.dependency-cruiser.cjs");
  const folders = ["orchestrators", "activities", "entities", "src"];
  const { output } = await cruise(folders, options);
  return output.modules;
}

/** Each pair of folders of which the first imports the second, once. */
function imports(all) {
  const arrows = all.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => [folderOf(source), folderOf(resolved)]),
  );
  const shown = arrows.filter(
    // Nearly everything may import src/errors.ts and src/config.ts: arrows to them would hide the others.
    ([a, b]) => a && b && a !== b && b !== rootFiles,
  );
  return [...new Set(shown.map((arrow) => arrow.join(" ")))]
    .sort()
    .map((arrow) => arrow.split(" "));
}

/** The folder as drawn: nothing below it is shown, and the files directly in src are one. Undefined for packages. */
function folderOf(file) {
  if (/^src\/[^/]+$/.test(file)) return rootFiles;
  return /^(?:src\/local\/[^/]+|src\/[^/]+|orchestrators|activities|entities)(?=\/)/.exec(
    file,
  )?.[0];
}

function picture(arrows) {
  const folders = [...new Set(arrows.flat())].sort();
  const isLocal = (folder) => /^src\/(?:local|cli)\b/.test(folder);
  const node = (folder) => `    ${nameOf(folder)}["${folder}"]`;
  return [
    "```mermaid",
    "flowchart TD",
    "  subgraph machine [on one machine only]",
    ...folders.filter(isLocal).map(node),
    "  end",
    "  subgraph deployed [deployed]",
    ...folders.filter((folder) => !isLocal(folder)).map(node),
    "  end",
    ...arrows.map(([a, b]) => `  ${nameOf(a)} --> ${nameOf(b)}`),
    "```",
  ].join("\n");
}

/** Mermaid takes letters, digits and _ for a name. */
function nameOf(folder) {
  return folder.replace("/*.ts", "_files").replace(/\W/g, "_");
}
