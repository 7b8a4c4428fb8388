// `npm run package [-- <folder>]`: creates the deployment package as the folder dist/package and as the zip dist/aos.zip. The default folder is dist.
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative, resolve } from "node:path";
import { note, root, setUp } from "./set-up.mjs";

/** Files that the app reads at run time. */
const copied = ["host.json", "samples/document-review"];
/** Constant times and attributes: the same app produces the same zip. The date is local, like all times in a zip. */
const zipOptions = {
  level: 9,
  mtime: new Date(1980, 0, 1),
  os: 3,
  attrs: 0o644 << 16,
};

/** Enables the compile cache before the bundle is loaded: later processes of the instance start faster (Node.js 22.1 and later). */
const entry = `"use strict";
require("node:module").enableCompileCache?.();
require("./main.js");
`;

/** Creates `package/`, `aos.zip` and `package.metafile.json` (the metafile of esbuild) in the folder and returns the folder. */
export async function makePackage(folder = join(root, "dist")) {
  const target = join(folder, "package");
  // Written to a draft first, so that an app that runs from the target never finds an incomplete package.
  const draft = join(folder, `package-${process.pid}`);
  // Imported here, because the set-up may just have installed these packages.
  const { bundle } = await import("./bundle.mjs");
  const { zipSync } = await import("fflate");
  mkdirSync(draft, { recursive: true });
  try {
    const { files, metafile } = await bundle();
    for (const [name, content] of files)
      writeFileSync(join(draft, name), content);
    writeFileSync(join(draft, "index.js"), entry);
    writeFileSync(join(draft, "package.json"), manifest());
    for (const path of copied)
      cpSync(join(root, path), join(draft, path), { recursive: true });
    writeFileSync(
      join(folder, "aos.zip"),
      zipSync(entriesOf(draft), zipOptions),
    );
    writeFileSync(
      join(folder, "package.metafile.json"),
      JSON.stringify(metafile),
    );
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** The part of package.json that the worker of the host reads: the entry file of the app. */
function manifest() {
  const text = readFileSync(join(root, "package.json"), "utf8");
  const { name, version, engines } = JSON.parse(text);
  const content = { name, version, private: true, main: "index.js", engines };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Content by file name, in alphabetical order. */
function entriesOf(folder) {
  const names = readdirSync(folder, { recursive: true })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name))]),
  );
}

if (import.meta.filename === resolve(process.argv[1] ?? "")) {
  setUp();
  const [, , named] = process.argv;
  const folder = await makePackage(named && resolve(named));
  const size = (name) =>
    `${(statSync(join(folder, name)).size / 1e6).toFixed(1)} MB`;
  note(
    `${relative(root, join(folder, "package"))}: main.js ${size("package/main.js")}, its map ${size("package/main.js.map")}; ${relative(root, join(folder, "aos.zip"))} ${size("aos.zip")}`,
  );
}
