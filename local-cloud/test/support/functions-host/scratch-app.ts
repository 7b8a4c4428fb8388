import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createTemporaryFolder } from "../shared/temporary-folder";

/** Returns a function that creates apps from a few files, with access to the project's packages; removes them after the tests of the file. */
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
  "host.json": '{ "version": "2.0" }',
  "package.json": '{ "main": "index.js" }',
  "index.js": `require("@azure/functions").app.http("hello", { handler: () => ({ body: process.env.GREETING ?? "hello" }) });`,
};
