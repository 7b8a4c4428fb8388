// `npm run test:dotnet`: runs the scenarios of Microsoft's .NET client against the broker of the local cloud.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireDotnet } from "./dotnet.mjs";
import { fail, note, root } from "./set-up.mjs";

requireDotnet();

const results = mkdtempSync(join(tmpdir(), "dotnet-results-"));
const started = Date.now();
const { status } = spawnSync(
  "dotnet",
  [
    ...["test", join(root, "test", "dotnet"), "--nologo", "--verbosity=quiet"],
    ...["--logger=trx;LogFileName=results.trx", "--results-directory", results],
    ...process.argv.slice(2),
  ],
  {
    stdio: ["ignore", 2, 2],
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: "1" },
  },
);
const { passed, failed } = readCounters(join(results, "results.trx"));
rmSync(results, { recursive: true });
const seconds = Math.round((Date.now() - started) / 1000);
note(
  `.NET client: ${passed} scenarios passed, ${failed} failed (${seconds} s)`,
);
if (status !== 0 || passed === 0 || failed > 0) process.exitCode = 1;

/** Reads the numbers of the test report. Exits with an error when it does not exist, because the scenarios did not run. */
function readCounters(path) {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    fail("The scenarios did not run. See above for the reason.");
  }
  const [counters] = /<Counters [^>]*>/.exec(text) ?? [""];
  const count = (name) =>
    Number(new RegExp(` ${name}="(\\d+)"`).exec(counters)?.[1]);
  const passed = count("passed");
  return { passed, failed: count("total") - passed };
}
