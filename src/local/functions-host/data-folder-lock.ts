import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostStartError, messageOf } from "./host-error";

/**
 * Makes the data folder and takes it for this process: two hosts on one task hub would both do its work. A lock whose
 * process is gone, because it was killed, is taken over. Returns what gives the folder free.
 */
export function lockDataFolder(folder: string): () => void {
  const path = join(folder, "host.lock");
  const mine = `${process.pid} ${startOf(process.pid)}`;
  try {
    mkdirSync(folder, { recursive: true });
    if (!written(path, mine)) {
      const holder = readFileSync(path, "utf8");
      if (isAlive(holder)) throw inUse(folder, holder);
      rmSync(path, { force: true });
      if (!written(path, mine)) throw inUse(folder, "");
    }
  } catch (cause) {
    if (cause instanceof HostStartError) throw cause;
    throw new HostStartError(
      "data_folder_unwritable",
      `The data folder ${folder} cannot be written to (${messageOf(cause)}). Choose another with --data, or make it writable.`,
      { cause },
    );
  }
  return () => {
    rmSync(path, { force: true });
  };
}

const inUse = (folder: string, holder: string): HostStartError =>
  new HostStartError(
    "data_folder_in_use",
    `Another host (process ${holder.split(" ")[0] ?? "unknown"}) works in the data folder ${folder}. Stop it, or choose another folder with --data.`,
  );

/** False when somebody else's file is there. */
function written(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** A process id is used again after a while; together with the start time it names one process. */
function isAlive(holder: string): boolean {
  const [pid = "", start = ""] = holder.split(" ");
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return startOf(Number(pid)) === start;
}

/** Ticks from boot to the start of a process; the same text for all processes where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "unknown";
  }
}
