import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createTemporaryFolder } from "../cli/cloud-process";

/** Makes apps of a few files in a folder that is removed when the test file has ended. They find the project's packages. */
export function createScratchApps(): (
  files?: Readonly<Record<string, string>>,
) => string {
  const scratch = createTemporaryFolder();
  symlinkSync(
    resolve("node_modules"),
    join(scratch, "node_modules"),
    "junction",
  );
  return (files = {}) => {
    const folder = mkdtempSync(join(scratch, "app-"));
    for (const [name, text] of Object.entries({ ...helloApp, ...files }))
      writeFileSync(join(folder, name), text);
    return folder;
  };
}

const helloApp = {
  "package.json": '{ "main": "index.js" }',
  "index.js": `require("@azure/functions").app.http("hello", { handler: () => ({ body: process.env.GREETING ?? "hello" }) });`,
};
