// Sets a clone up: installs the packages of package-lock.json and compiles the sources, each only when outdated.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");
const compiled = [
  "local-cloud",
  "orchestrators",
  "activities",
  "entities",
  "src",
  "bench",
];
/** In the order of their dependencies. */
const projects = ["local-cloud/tsconfig.build.json", "tsconfig.build.json"];

/** Installs and compiles. Writes progress to stderr, because stdout belongs to the command. */
export function setUp() {
  requireNode();
  install();
  build();
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `AOS needs Node.js 20.19 or later; this is ${process.version}. Install a newer version from nodejs.org.`,
  );
}

function install() {
  const stamp = join(root, "node_modules", ".aos-installed");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  note("installing packages (once, about a minute)…");
  run(
    "npm",
    ["ci", "--loglevel=error"],
    "The packages could not be installed.",
  );
  writeFileSync(stamp, wanted);
}

function build() {
  // Created first, because it changes the time of the folder that contains it.
  mkdirSync(join(root, "local-cloud", "dist"), { recursive: true });
  const stamp = join(root, "dist", ".built");
  const newest = Math.max(
    ...["tsconfig.json", ...projects, "package-lock.json"].map(modifiedAt),
    ...compiled.flatMap(sourcesBelow).map(modifiedAt),
  );
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === String(newest))
    return;
  note("compiling…");
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  for (const project of projects)
    run(process.execPath, [tsc, "-p", project], "The sources do not compile.");
  // The stamp contains the time of the newest source before tsc ran: later changes are compiled by the next set-up.
  writeFileSync(stamp, String(newest));
}

function sourcesBelow(folder) {
  // A deleted or added file changes the time of its folder, so folders count too.
  return [
    folder,
    ...readdirSync(join(root, folder), { recursive: true })
      // Packages of bench/peers and build output are not compiled.
      .filter((name) => !/(^|[\\/])(node_modules|dist)([\\/]|$)/.test(name))
      .map((name) => join(folder, name)),
  ];
}

const modifiedAt = (path) => Math.ceil(statSync(join(root, path)).mtimeMs);

function run(command, args, problem) {
  const shell = process.platform === "win32" && command === "npm";
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell,
  });
  if (result.error) fail(`${problem} ${result.error.message}`);
  if (result.status !== 0)
    fail(`${problem} See above; the command was: ${command} ${args.join(" ")}`);
}

export const note = (text) => process.stderr.write(`aos: ${text}\n`);

export function fail(text) {
  note(text);
  process.exit(1);
}
