/** Checks both npm packages with package linters. */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { createTemporaryFolder } from "../../local-cloud/test/support/shared/temporary-folder";
import {
  type PackedPackages,
  packPackages,
} from "../support/package/install-example";

const folder = createTemporaryFolder();
let packages: PackedPackages;
beforeAll(() => {
  packages = packPackages(folder);
}, 120_000);

/** Fails with the output of the program. */
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(process.execPath, [resolve("node_modules", program), ...args], {
    encoding: "utf8",
  });

test.each([
  ["aos-durable", 0],
  ["azure-local-cloud", 1],
])("%s passes publint and arethetypeswrong", (name, index) => {
  const tarball = packages.tarballs[index] ?? "";
  expect(tarball).toBe(join(folder, `${name}-0.1.0.tgz`));
  run("publint/src/cli.js", "run", "--strict", tarball);
  // The profile leaves out the resolution of TypeScript before 4.7, which does not know `exports`.
  run("@arethetypeswrong/cli/dist/index.js", "--profile", "node16", tarball);
});

test("aos-durable contains nothing of the local cloud and of the sample app", () => {
  const listing = execFileSync("tar", ["tzf", packages.tarballs[0] ?? ""], {
    encoding: "utf8",
  });
  expect(listing).toContain("package/dist/src/index.js");
  expect(listing).toContain("package/LICENSE");
  expect(listing).not.toMatch(/local-cloud|src\/catalog|\.map$/m);
});
