// `npm run package`: what is deployed, as the folder dist/package and as the zip dist/aos.zip. Another folder than dist may be named.
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

/** What the app reads at run time beside its code. */
const copied = ["host.json", "samples/document-review"];
/** The same on every machine and day, so that the same app is the same zip: parts of a local time, as zip has it. */
const zipOptions = {
  level: 9,
  mtime: new Date(1980, 0, 1),
  os: 3,
  attrs: 0o644 << 16,
};

/** Before anything of the bundle is compiled: a later process of the same instance finds it compiled (from Node.js 22.1 on). */
const entry = `"use strict";
require("node:module").enableCompileCache?.();
require("./main.js");
`;

/** Makes `package/`, `aos.zip` and `package.metafile.json` (esbuild's account of the bundle) in the folder; returns it. */
export async function makePackage(folder = join(root, "dist")) {
  const made = join(folder, "package");
  // Beside its place first: whoever runs the app from there meanwhile never sees half of it.
  const draft = join(folder, `package-${process.pid}`);
  // Only now: they are packages, which the set-up may have installed just before.
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
    rmSync(made, { recursive: true, force: true });
    renameSync(draft, made);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** What the host's worker reads of a package.json: which file is the app. */
function manifest() {
  const text = readFileSync(join(root, "package.json"), "utf8");
  const { name, version, engines } = JSON.parse(text);
  const own = { name, version, private: true, main: "index.js", engines };
  return `${JSON.stringify(own, null, 2)}\n`;
}

/** Name and content of each file, in order. */
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
