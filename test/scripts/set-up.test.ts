import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

const clone = createTemporaryFolder();

/** Runs the set-up in a clone with installed packages and returns its messages. */
function runSetUp(): string {
  const url = JSON.stringify(join(clone, "scripts", "set-up.mjs"));
  const program = `import(${url}).then(({ setUp }) => setUp())`;
  const run = spawnSync(process.execPath, ["-e", program], {
    encoding: "utf8",
  });
  expect(run.status).toBe(0);
  return run.stderr;
}

test("set-up compiles once, and again only after a source has changed", () => {
  const options = { rootDir: ".", outDir: "dist", types: [] };
  const lock = "{}";
  const hash = createHash("sha256")
    .update(lock)
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
  mkdirSync(join(clone, "node_modules"));
  cpSync(resolve("scripts"), join(clone, "scripts"), { recursive: true });
  symlinkSync(
    resolve("node_modules/typescript"),
    join(clone, "node_modules", "typescript"),
    "junction",
  );
  const files = {
    "node_modules/.aos-installed": hash,
    "package-lock.json": lock,
    "tsconfig.json": JSON.stringify({ compilerOptions: options }),
    "tsconfig.build.json": JSON.stringify({
      extends: "./tsconfig.json",
      include: ["src"],
    }),
    "local-cloud/tsconfig.build.json": JSON.stringify({
      compilerOptions: options,
      files: ["index.ts"],
    }),
    "local-cloud/index.ts": "export const one = 1;\n",
  };
  for (const folder of [
    "local-cloud",
    "orchestrators",
    "activities",
    "entities",
    "src",
    "bench",
  ])
    mkdirSync(join(clone, folder));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(clone, name), text);
  const source = join(clone, "src", "one.ts");
  writeFileSync(source, "export const one = 1;\n");

  expect(runSetUp()).toBe("aos: compiling…\n");
  expect(runSetUp()).toBe("");
  // File systems record times with fractions of a millisecond.
  utimesSync(source, 4_000_000_000.0007, 4_000_000_000.0007);
  expect(runSetUp()).toBe("aos: compiling…\n");
  expect(runSetUp()).toBe("");
});
