import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** Runs a program of the repository without commands on the PATH, as on a machine without the .NET SDK. */
function runWithoutDotnet(...args: readonly string[]) {
  return spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, PATH: "", Path: "" },
  });
}

test("npm run test:dotnet fails with one line when the .NET SDK is not installed", () => {
  const { status, stderr } = runWithoutDotnet(
    resolve("scripts/test-dotnet.mjs"),
  );
  expect(status).toBe(1);
  expect(stderr).toBe(
    "aos: The scenarios of the .NET client need the .NET SDK 10 or later. Install it from dot.net.\n",
  );
});

test("npm test names the skipped scenarios in one line when the .NET SDK is not installed", () => {
  const url = JSON.stringify(resolve("scripts/dotnet.mjs"));
  const { stderr } = runWithoutDotnet(
    "-e",
    `import(${url}).then(({ noteSkippedScenarios }) => noteSkippedScenarios())`,
  );
  expect(stderr).toBe(
    "aos: skipped, because the .NET SDK 10 is not installed: npm run test:dotnet\n",
  );
});
