// A PostgreSQL server of its own, with the defaults of initdb: fsync and synchronous_commit are on.
import { execFileSync, spawnSync } from "node:child_process";
import { chown, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { finished, freePort, listening, ready, run } from "../processes.mjs";

const debianFolder = "/usr/lib/postgresql";

/** Starts it in the folder; its stop signal is the one for a fast, orderly end. */
export async function startPostgres(folder) {
  const bin = await newestInstalled();
  const user = unprivileged();
  const data = join(folder, "postgres");
  await mkdir(data, { mode: 0o700 });
  if (user) {
    await chown(folder, user.uid, user.gid);
    await chown(data, user.uid, user.gid);
  }
  const options = { cwd: folder, ...user };
  const access = ["--username=postgres", "--auth=trust", "--encoding=UTF8"];
  await finished(join(bin, "initdb"), ["-D", data, ...access], options);
  const port = await freePort();
  const server = run(
    join(bin, "postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""],
    { ...options, stopSignal: "SIGINT" },
  );
  await ready(server, "PostgreSQL", () => accepting(bin, port));
  return {
    url: (database) => `postgresql://postgres@127.0.0.1:${port}/${database}`,
    version: execFileSync(join(bin, "postgres"), ["--version"], {
      encoding: "utf8",
    }).trim(),
  };
}

/** It listens before it is ready to serve, so it is asked. */
async function accepting(bin, port) {
  if (!(await listening(port))) return false;
  const asked = spawnSync(join(bin, "pg_isready"), [
    "-U",
    "postgres",
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
  ]);
  return asked.status === 0;
}

async function newestInstalled() {
  const versions = await readdir(debianFolder).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest === undefined)
    throw new Error(
      `There is no PostgreSQL server below ${debianFolder}. Install one: apt-get install postgresql.`,
    );
  return join(debianFolder, String(newest), "bin");
}

/** PostgreSQL refuses to be run by root; its package has made a user for it. */
function unprivileged() {
  if (process.getuid() !== 0) return undefined;
  const id = (flag) =>
    Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
