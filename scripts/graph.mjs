// `npm run graph`: draws the imports between folders into docs/architecture.md; with --check it only compares them.
// Every import between two drawn folders is an arrow. A cycle of folders is an error.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { fail, root } from "./set-up.mjs";

const document = join(root, "docs", "architecture.md");
const region = /(<!-- graph -->)[^]*(<!-- \/graph -->)/;

/** The first matching folder is the node of a file. A file directly in src, local-cloud or functions-host is a separate node. */
const drawnFolders = [
  /^(?:orchestrators|activities|entities)(?=\/)/,
  /^src\/messaging\/in(?=\/)/,
  /^local-cloud\/functions-host\/extensions\/[^/]+/,
  /^local-cloud\/(?:functions-host|durable-task)\/[^/]+/,
  /^(?:src|local-cloud)\/[^/]+/,
];

const text = readFileSync(document, "utf8");
if (!region.test(text))
  fail(`${document} has no region <!-- graph --> … <!-- /graph -->. Add it.`);
const arrows = importsBetweenFolders(await readModules());
const cycle = findCycle(arrows);
if (cycle) fail(`These folders import each other: ${cycle.join(" → ")}.`);
const isLocalCloud = ([from]) => from.startsWith("local-cloud/");
const graphs = [
  draw(arrows.filter((arrow) => !isLocalCloud(arrow))),
  "In the local cloud:",
  draw(arrows.filter(isLocalCloud)),
].join("\n\n");
const updated = text.replace(
  region,
  (_, begin, end) => `${begin}\n\n${graphs}\n\n${end}`,
);

if (!process.argv.includes("--check")) writeFileSync(document, updated);
else if (updated !== text)
  fail("The graph in docs/architecture.md is outdated. Run: npm run graph");

async function readModules() {
  // dependency-cruiser resolves the folders and tsconfig.json relative to the working directory.
  process.chdir(root);
  const options = await extractDepcruiseOptions("./.dependency-cruiser.cjs");
  const folders = [
    "orchestrators",
    "activities",
    "entities",
    "src",
    "local-cloud",
  ];
  const { output } = await cruise(folders, options);
  return output.modules;
}

/** Each pair of folders whose first one imports the second one, once, in alphabetical order. */
function importsBetweenFolders(modules) {
  const pairs = modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => [folderOf(source), folderOf(resolved)]),
  );
  const shown = pairs.filter(([from, to]) => from && to && from !== to);
  return [...new Set(shown.map((pair) => pair.join(" ")))]
    .sort()
    .map((pair) => pair.split(" "));
}

/** Undefined for a file of a package or of Node.js. */
function folderOf(file) {
  for (const pattern of drawnFolders) {
    const [folder] = pattern.exec(file) ?? [];
    if (folder) return folder;
  }
  return undefined;
}

function findCycle(arrows) {
  const search = (path) => {
    const [start] = path;
    for (const [from, to] of arrows) {
      if (from !== path.at(-1)) continue;
      if (to === start) return [...path, to];
      if (visited.has(to)) continue;
      visited.add(to);
      const found = search([...path, to]);
      if (found) return found;
    }
    return undefined;
  };
  let visited;
  for (const start of new Set(arrows.map(([from]) => from))) {
    visited = new Set([start]);
    const found = search([start]);
    if (found) return found;
  }
  return undefined;
}

function draw(arrows) {
  const folders = [...new Set(arrows.flat())].sort();
  return [
    "```mermaid",
    "flowchart TD",
    ...folders.map((folder) => `  ${idOf(folder)}["${folder}"]`),
    ...arrows.map(([from, to]) => `  ${idOf(from)} --> ${idOf(to)}`),
    "```",
  ].join("\n");
}

/** Mermaid accepts letters, digits and _ in an id. */
function idOf(folder) {
  return folder.replace(/\W/g, "_");
}
