import { existsSync, readFileSync } from "node:fs";
import { createCatalog } from "../../src/catalog/catalog";
import type { Tool } from "../../src/tools/tool";
import type { Agent } from "../../src/domain/agent";
import { validateWorkflow } from "../../src/domain/workflow/validate-workflow";
import {
  extractExamples,
  compileExamples,
  runExample,
} from "../support/docs/examples";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

const readme = readFileSync("README.md", "utf8");

const examples = extractExamples(readme, "ts");
const folder = createTemporaryFolder();

test("the examples of the README compile where they say they stand", () => {
  expect(examples.size).toBe(3);
  expect(compileExamples(examples)).toEqual([]);
});

test("the workflow of the README is valid beside its agent and tool", async () => {
  const exported = (path: string): Readonly<Record<string, unknown>> =>
    runExample(examples, `src/catalog/${path}`, folder);
  const tool = exported("tools/count-words.ts")["countWords"] as Tool;
  const agent = exported("agents/editor.ts")["editor"] as Agent;
  const workflow = exported("workflows/shorten.ts")["shorten"];
  const result = validateWorkflow(workflow, {
    agents: new Set([agent.name]),
    tools: new Set([tool.name]),
  });
  expect(result).toMatchObject({ ok: true });
  const context = {
    idempotencyKey: "k",
    signal: new AbortController().signal,
  };
  const text = tool.input.parse({ text: "one two three" }) as never;
  expect(await tool.execute(text, context)).toEqual({ words: 3 });
});

test("the README names only files, scripts and workflows that exist", () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(
    ([, to = ""]) => to,
  );
  expect(links.filter((path) => !existsSync(path))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const commands = [...readme.matchAll(/npm run ([\w:]+)/g)].map(
    ([, name = ""]) => name,
  );
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  const named = [...readme.matchAll(/"workflow":"([\w-]+)"/g)].map(
    ([, name = ""]) => name,
  );
  const known = createCatalog({
    documentsFolder: "",
    reportsFolder: "",
  }).workflows;
  const names = known.map(({ name }) => name);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});
