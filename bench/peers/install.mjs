// Installs the peers beside this file, when package-lock.json says something new.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const folder = import.meta.dirname;
const stamp = join(folder, "node_modules", ".installed");

/** Throws when the packages cannot be had; then AOS is measured alone. */
export function install() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .update(`${process.platform}-${process.arch}-${process.versions.modules}`)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write(
    "bench:peers: installing the peers (once, 1 to 2 min)\n",
  );
  npm(["ci", "--loglevel=error"]);
  // No package runs scripts here but this one: it fetches or compiles the binding that LangGraph's checkpointer needs.
  npm(["rebuild", "better-sqlite3", "--ignore-scripts=false"]);
  writeFileSync(stamp, wanted);
}

function npm(args) {
  const { status, error } = spawnSync("npm", args, {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  if (status === 0) return;
  throw new Error(
    `npm ${args.join(" ")} failed in bench/peers: ${error?.message ?? "see above"}`,
  );
}
