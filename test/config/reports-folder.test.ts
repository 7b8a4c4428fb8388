import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createTemporaryFolder } from "../../local-cloud/test/support/shared/temporary-folder";
import { readConfig } from "../../src/config/read-config";

const root = createTemporaryFolder();
const app = join(root, "app");
const outside = join(root, "outside");
mkdirSync(join(app, "data"), { recursive: true });
mkdirSync(outside);
symlinkSync(app, join(outside, "link-to-app"), "junction");
symlinkSync(join(app, "new"), join(outside, "link-to-new"), "junction");
symlinkSync(outside, join(app, "link-to-outside"), "junction");
symlinkSync(join(root, "loop"), join(root, "loop"), "junction");
writeFileSync(join(root, "file"), "");

const read = (
  AOS_REPORTS_FOLDER?: string,
  AzureWebJobsScriptRoot = app,
): string =>
  readConfig({
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
    AzureWebJobsScriptRoot,
    AOS_REPORTS_FOLDER,
  }).reportsFolder;

test("defaults to the folder for temporary files", () => {
  expect(read()).toBe(join(tmpdir(), "aos", "reports"));
});

test.each([
  ["the app's folder", "."],
  ["a relative path", ".aos/reports"],
  ["an absolute path", join(app, "data", "reports")],
  ["a name that starts with dots", "..reports"],
  ["a path with ..", join(outside, "..", "app", "x", "..", "reports")],
  ["a relative path with ..", "../outside/../app/reports"],
  ["a symbolic link", join(outside, "link-to-app", "reports")],
  ["a link to a missing folder", join(outside, "link-to-new", "reports")],
  ["a link and ..", "../outside/link-to-app/data/../reports"],
])("refuses %s inside the app", (_, folder) => {
  expect(() => read(folder)).toThrow(
    `AOS_REPORTS_FOLDER must be outside the folder of the app (${app}), which is read-only in Azure: set a folder such as ${join(tmpdir(), "aos", "reports")}`,
  );
});

test("refuses a folder inside an app whose own path is a symbolic link", () => {
  expect(() =>
    read(join(app, "reports"), join(outside, "link-to-app")),
  ).toThrow(/AOS_REPORTS_FOLDER must be outside/);
});

test("refuses a folder in another letter case where the file system ignores it", () => {
  const folder = join(root, "APP", "reports");
  const isCaseSensitive = process.platform === "linux";
  if (isCaseSensitive) expect(read(folder)).toBe(folder);
  else expect(() => read(folder)).toThrow(/must be outside/);
});

test("refuses a path that cannot be resolved", () => {
  expect(() => read(join(root, "loop", "reports"))).toThrow(
    /AOS_REPORTS_FOLDER cannot be resolved \(.*ELOOP/,
  );
});

test.each([
  ["an absolute path", join(outside, "reports")],
  ["a relative path with ..", "../outside/reports"],
  ["a folder whose name starts like the app's", `${app}-reports`],
  ["a link in the app that leads out of it", "link-to-outside/reports"],
  ["the parent folder", ".."],
  ["a path through a file", join(root, "file", "reports")],
])("accepts %s outside the app", (_, folder) => {
  expect(read(folder)).toBe(resolve(app, folder));
});
