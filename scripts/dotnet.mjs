// Finds the .NET SDK, which only the scenarios of the .NET client need.
import { spawnSync } from "node:child_process";
import { fail, note } from "./set-up.mjs";

const requiredMajor = 10;

function hasDotnet() {
  const { stdout } = spawnSync("dotnet", ["--version"], { encoding: "utf8" });
  return Number.parseInt(stdout ?? "", 10) >= requiredMajor;
}

/** Exits with an error when no SDK is installed that compiles test/dotnet. */
export function requireDotnet() {
  if (hasDotnet()) return;
  fail(
    `The scenarios of the .NET client need the .NET SDK ${requiredMajor} or later. Install it from dot.net.`,
  );
}

/** Reports the scenarios as skipped when they cannot run on this machine. */
export function noteSkippedScenarios() {
  if (hasDotnet()) return;
  note(
    `skipped, because the .NET SDK ${requiredMajor} is not installed: npm run test:dotnet`,
  );
}
