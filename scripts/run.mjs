// `npm run demo | start | test | test:dotnet | coverage | test:soak | bench | bench:peers`: sets up the clone when needed, then runs
// the program.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { noteSkippedScenarios } from "./dotnet.mjs";
import { fail, root, setUp } from "./set-up.mjs";

const jest = "node_modules/jest/bin/jest.js";

/** The files and arguments of each command's programs, which run in this order until one fails. */
const programs = {
  "set-up": [],
  demo: [["dist/src/cli/main.js", "demo"]],
  start: [["dist/src/cli/main.js", "dev", "--no-build"]],
  test: [[jest]],
  "test:dotnet": [["scripts/test-dotnet.mjs"]],
  coverage: [[jest, "--coverage"]],
  soak: [
    // SOAK selects the full size of these tests; `npm test` runs them at a smaller one.
    [
      jest,
      "chaos|random-orchestrations|lost-episodes|e2e/pipelines|bench.e2e|package/examples",
      "--silent=false",
    ],
    ["scripts/check-node.mjs"],
  ],
  bench: [["dist/bench/main.js"]],
  "bench:peers": [["bench/peers/main.mjs"]],
};

/** Commands that also use the deployment package. */
const needPackage = ["test", "coverage", "soak", "bench"];

const [name, ...rest] = process.argv.slice(2);
const selected = Object.hasOwn(programs, name ?? "")
  ? programs[name]
  : undefined;
if (!selected)
  fail(`Unknown command. Use one of: ${Object.keys(programs).join(", ")}.`);

setUp();
if (needPackage.includes(name)) {
  // Imported after the set-up, which installs its dependencies.
  const { makePackage } = await import("./package.mjs");
  await makePackage();
}
if (name === "test") noteSkippedScenarios();
for (const [index, [file, ...args]] of selected.entries()) {
  const code = await run(file, index === 0 ? [...args, ...rest] : args);
  if (code !== 0) process.exit(code);
}

/** Resolves with the exit code; 1 after a signal. */
function run(file, args) {
  const child = spawn(
    process.execPath,
    ["--enable-source-maps", join(root, file), ...args],
    {
      stdio: "inherit",
      env:
        file === jest && name === "soak"
          ? { ...process.env, SOAK: "1" }
          : process.env,
      cwd: root,
    },
  );
  // The terminal sends Ctrl-C to the child, too; other signals reach only this process and are forwarded.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
