// `npm run docs:generate`: writes the generated regions of docs/**/*.md; with --check it only compares them.
// A region begins with `<!-- generated: <name> <argument> -->` and ends with `<!-- /generated -->`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { globSync } from "tinyglobby";
import { fail, root } from "./set-up.mjs";
import { generators } from "./reference/generators.mjs";

const region =
  /(<!-- generated: ([\w-]+)(?: ([\w-]+))? -->\n)[^]*?(<!-- \/generated -->)/g;
const outdated = [];
for (const page of globSync("docs/**/*.md", { cwd: root }).sort()) {
  const path = join(root, page);
  const text = readFileSync(path, "utf8");
  if (!text.includes("<!-- generated:")) continue;
  const filled = text.replace(region, (_, begin, name, argument, end) => {
    const generate = generators[name];
    if (generate === undefined) fail(`${page}: unknown generator "${name}".`);
    return `${begin}\n${generate(argument)}\n\n${end}`;
  });
  const formatted = await format(filled, { parser: "markdown" });
  if (formatted === text) continue;
  outdated.push(page);
  if (!process.argv.includes("--check")) writeFileSync(path, formatted);
}
if (process.argv.includes("--check") && outdated.length > 0)
  fail(`${outdated.join(", ")} are outdated. Run: npm run docs:generate`);
