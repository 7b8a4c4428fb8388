import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";

interface Registrations {
  readonly functions: readonly string[];
  readonly hooks: readonly string[];
}
const budget = JSON.parse(
  readFileSync("bench/package-budget.json", "utf8"),
) as {
  readonly bundleBytes: number;
};
const settings = {
  AzureWebJobsStorage: "UseDevelopmentStorage=true",
  AZURE_SERVICEBUS_CONNECTION_STRING:
    "Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b",
  AOS_MODEL_PROVIDER: "offline",
};

/** Loads an app in a separate process, like the worker of the Functions host. */
const load = (main: string, env: Readonly<Record<string, string>> = settings) =>
  spawnSync(
    process.execPath,
    ["--enable-source-maps", resolve("dist/bench/bare-worker.js"), main],
    { encoding: "utf8", input: "", env: { ...process.env, ...env } },
  );
const readRegistrations = (main: string): Registrations =>
  JSON.parse(load(main).stdout) as Registrations;

test("the bundle registers the same functions and hooks as the modules", () => {
  const { functions, hooks } = readRegistrations("dist/package/index.js");
  const modules = readRegistrations("dist/src/main.js");
  expect({ functions, hooks }).toEqual({
    functions: modules.functions,
    hooks: modules.hooks,
  });
  expect(functions).toContain("agentWorkflow");
  expect(hooks).toContain("appTerminate");
});

test("the bundle is not larger than its budget", () => {
  expect(statSync("dist/package/main.js").size).toBeLessThanOrEqual(
    budget.bundleBytes,
  );
});

test("a stack trace of the bundle names the source file and line", () => {
  const { status, stderr } = load("dist/package/index.js", {
    ...settings,
    AOS_MODEL_TIMEOUT_SECONDS: "soon",
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain("AOS_MODEL_TIMEOUT_SECONDS must be a number");
  const [, path, line] =
    /at configurationInvalid \((.+?):(\d+):\d+\)/.exec(stderr) ?? [];
  expect(path).toBe(resolve("src/config/read-config.ts"));
  const source = readFileSync("src/config/read-config.ts", "utf8").split("\n");
  expect(source[Number(line) - 1]).toContain("new AosError(");
});
