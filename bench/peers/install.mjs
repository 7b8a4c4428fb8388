// Installs the engines to compare with in this folder. Does nothing if package-lock.json has not changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const folder = import.meta.dirname;
const stampFile = join(folder, "node_modules", ".installed");

/** Throws if the packages cannot be installed; the caller then measures AOS only. */
export function install() {
  const expected = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .update(`${process.platform}-${process.arch}-${process.versions.modules}`)
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === expected)
    return;
  process.stderr.write(
    "bench:peers: installing the peers (once, 1 to 2 min)\n",
  );
  npm(["ci", "--loglevel=error"]);
  // .npmrc disables install scripts. This one downloads or compiles the native binding of LangGraph's checkpointer.
  npm(["rebuild", "better-sqlite3", "--ignore-scripts=false"]);
  writeFileSync(stampFile, expected);
}

function npm(args) {
  const { status, error } = spawnSync("npm", args, {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  if (status === 0) return;
  throw new Error(
    `npm ${args.join(" ")} failed in bench/peers: ${error?.message ?? "see the npm output above"}.`,
  );
}
