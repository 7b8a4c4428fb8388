// `npm run demo | start | test | test:soak | bench | bench:peers`: sets the clone up when needed, then runs the command.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fail, root, setUp } from "./set-up.mjs";

/** They look at what is deployed, too. */
const needPackage = ["test", "soak", "bench"];

const programs = {
  demo: ["dist/src/cli/main.js", "demo"],
  start: ["dist/src/cli/main.js", "dev", "--no-build"],
  test: ["node_modules/jest/bin/jest.js"],
  // The same suites, in the whole measure where they have a smaller one for every day.
  soak: [
    "node_modules/jest/bin/jest.js",
    "chaos|random-orchestrations|e2e/pipelines",
    "--silent=false",
  ],
  bench: ["dist/bench/main.js"],
  "bench:peers": ["bench/peers/main.mjs"],
};

const [name, ...rest] = process.argv.slice(2);
const program = Object.hasOwn(programs, name ?? "")
  ? programs[name]
  : undefined;
if (!program) fail(`Say one of: ${Object.keys(programs).join(", ")}.`);

setUp();
if (needPackage.includes(name)) {
  // Imported now: before the set-up there may be nothing to import of it.
  const { makePackage } = await import("./package.mjs");
  await makePackage();
}
const [file, ...args] = program;
const child = spawn(
  process.execPath,
  ["--enable-source-maps", join(root, file), ...args, ...rest],
  {
    stdio: "inherit",
    env: name === "soak" ? { ...process.env, AOS_SOAK: "1" } : process.env,
    cwd: root,
  },
);
// Ctrl-C reaches the child through the terminal; a signal sent to this process alone is passed on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
