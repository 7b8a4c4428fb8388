import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import {
  extractExamples,
  compileExamples,
  runExample,
} from "../support/docs/examples";
import * as testKit from "../../local-cloud/testing";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

const page = readFileSync("docs/how-to/test-an-app.md", "utf8");
const examples = extractExamples(page, "ts");
const folder = createTemporaryFolder();

test("test-an-app.md shows the source of its orchestrator", () => {
  const shown = extractExamples(page, "js");
  expect(shown.size).toBe(1);
  for (const [path, code] of shown)
    expect(readFileSync(path, "utf8")).toBe(code);
});

test("the examples of test-an-app.md compile", () => {
  expect(examples.size).toBe(3);
  expect(compileExamples(examples)).toEqual([]);
});

describe.each([...examples.keys()].map((path) => relative(".", path)))(
  "%s",
  (path) => {
    runExample(examples, path, folder, {
      "node:test": { test },
      "azure-local-cloud/testing": testKit,
    });
  },
);

test("the test kit works with node:test", () => {
  const file = join(folder, "kit.test.cjs");
  const app = resolve("local-cloud/test/fixtures/reminders");
  writeFileSync(
    file,
    `const { test } = require("node:test");
    const { startLocalCloud, runOrchestrator, checkReplay } = require(${JSON.stringify(resolve("local-cloud/dist/testing"))});
    const { reminder } = require(${JSON.stringify(join(app, "src/reminder"))});
    test("runs", async () => {
      const cloud = await startLocalCloud({ app: ${JSON.stringify(app)} });
      const id = await cloud.client.start("reminder", { input: "bill 7" });
      await cloud.advance("9 days");
      await cloud.client.whenEnded(id);
      await checkReplay(await cloud.client.history(id), reminder);
      await cloud[Symbol.asyncDispose]();
      const { history } = await runOrchestrator(reminder, { activities: { sendReminder: () => 1 } });
      await checkReplay(history, reminder);
    });`,
  );
  const printed = execFileSync(process.execPath, ["--test", file], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  expect(printed).toMatch(/pass 1\b/);
});
