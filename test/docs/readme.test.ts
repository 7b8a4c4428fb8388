import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";
import { catalog } from "../../src/catalog/catalog";
import type { Tool } from "../../src/agents/tool";
import type { Agent } from "../../src/model/agent";
import { validateWorkflow } from "../../src/model/validate-workflow";

const readme = readFileSync("README.md", "utf8");

/** The TypeScript examples, by the file that their first line names. */
const examples = new Map(
  [...readme.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
    ([, path = "", code = ""]) => [resolve(path), code],
  ),
);

/** What is wrong with the examples when they stand in the files that they name. */
function problems(): readonly string[] {
  const read = ts.readConfigFile("tsconfig.json", (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent(
    read.config,
    ts.sys,
    process.cwd(),
  );
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    readFile: (path) => examples.get(path) ?? disk.readFile(path),
    fileExists: (path) => examples.has(path) || disk.fileExists(path),
    getSourceFile: (path, target) => {
      const code = examples.get(path);
      return code === undefined
        ? disk.getSourceFile(path, target)
        : ts.createSourceFile(path, code, target);
    },
  };
  const program = ts.createProgram([...examples.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
}

/** Runs an example as the file that it stands in and gives what it exports. */
function exported(path: string, name: string): unknown {
  const absolute = resolve(path);
  const { outputText } = ts.transpileModule(examples.get(absolute) ?? "", {
    compilerOptions: { module: ts.ModuleKind.CommonJS },
  });
  const exports: Record<string, unknown> = {};
  const load = (id: string): unknown =>
    jest.requireActual(id.startsWith(".") ? join(dirname(absolute), id) : id);
  const run = compileFunction(outputText, ["exports", "require"]) as (
    ...given: unknown[]
  ) => void;
  run(exports, load);
  return exports[name];
}

test("the examples of the README compile where they say they stand", () => {
  expect(examples.size).toBe(3);
  expect(problems()).toEqual([]);
});

test("the workflow of the README is valid beside its agent and tool", async () => {
  const tool = exported(
    "src/catalog/tools/count-words.ts",
    "countWords",
  ) as Tool;
  const agent = exported("src/catalog/agents/editor.ts", "editor") as Agent;
  const workflow = exported("src/catalog/workflows/shorten.ts", "shorten");
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
  const known = catalog({ documentsFolder: "", reportsFolder: "" }).workflows;
  const names = known.map(({ name }) => name);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});
