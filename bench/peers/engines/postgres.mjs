// A separate PostgreSQL server with the defaults of initdb: fsync and synchronous_commit are on.
import { execFileSync, spawnSync } from "node:child_process";
import { chown, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import {
  findFreePort,
  isListening,
  run,
  runToEnd,
  waitUntilReady,
} from "../processes.mjs";

const debianFolder = "/usr/lib/postgresql";

/** Starts the server in the folder. SIGINT is PostgreSQL's fast shutdown. */
export async function startPostgres(folder) {
  const bin = await findNewestInstallation();
  const user = findUnprivilegedUser();
  const data = join(folder, "postgres");
  await mkdir(data, { mode: 0o700 });
  if (user) {
    await chown(folder, user.uid, user.gid);
    await chown(data, user.uid, user.gid);
  }
  const options = { cwd: folder, ...user };
  const access = ["--username=postgres", "--auth=trust", "--encoding=UTF8"];
  await runToEnd(join(bin, "initdb"), ["-D", data, ...access], options);
  const port = await findFreePort();
  const server = run(
    join(bin, "postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""],
    { ...options, stopSignal: "SIGINT" },
  );
  await waitUntilReady(server, "PostgreSQL", () => isAccepting(bin, port));
  return {
    url: (database) => `postgresql://postgres@127.0.0.1:${port}/${database}`,
    version: execFileSync(join(bin, "postgres"), ["--version"], {
      encoding: "utf8",
    }).trim(),
  };
}

/** The server listens before it accepts connections. */
async function isAccepting(bin, port) {
  if (!(await isListening(port))) return false;
  const check = spawnSync(join(bin, "pg_isready"), [
    "-U",
    "postgres",
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
  ]);
  return check.status === 0;
}

async function findNewestInstallation() {
  const versions = await readdir(debianFolder).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest === undefined)
    throw new Error(
      `There is no PostgreSQL server in ${debianFolder}: install one with apt-get install postgresql.`,
    );
  return join(debianFolder, String(newest), "bin");
}

/** PostgreSQL refuses to run as root; its package has created a user. */
function findUnprivilegedUser() {
  if (process.getuid() !== 0) return undefined;
  const id = (flag) =>
    Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
