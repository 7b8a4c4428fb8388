// Prints the coverage and, as the last line, the count of passed and failed tests: `node scripts/test-summary.mjs <jest report>`.
// Exits with 1 when no test ran or a test file failed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./set-up.mjs";

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const [, , report] = process.argv;
const { numPassedTests, numFailedTests, numFailedTestSuites } =
  readJson(report);
const { lines, branches, functions } = readJson(
  join(root, "coverage", "coverage-summary.json"),
).total;
console.log(
  `coverage: ${lines.pct} % of lines, ${branches.pct} % of branches, ${functions.pct} % of functions`,
);
console.log(`${numPassedTests} passed, ${numFailedTests} failed`);
if (numPassedTests === 0 || numFailedTestSuites > 0) process.exitCode = 1;
