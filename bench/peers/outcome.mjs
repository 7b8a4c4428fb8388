// Starts measure.mjs, waits for what it says, and makes sure that nothing of it is left.
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { clearTimeout, setTimeout } from "node:timers";

const file = join(import.meta.dirname, "measure.mjs");
const longestMinutes = 3;
const stopMs = 20_000;

/** Never rejects: what went wrong is the outcome's `problem`. */
export async function outcomeOf(engine, workload, size, signal) {
  const folder = await mkdtemp(join(tmpdir(), "aos-peers-"));
  try {
    return await said([engine, workload, size, folder], signal);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  }
}

const said = (args, signal) =>
  new Promise((resolve) => {
    // A process group of its own, so that its end can be made sure of.
    const child = fork(file, args, {
      detached: true,
      stdio: ["ignore", 2, 2, "ipc"],
    });
    let outcome = { problem: "The measurement ended without a figure." };
    let last;
    const stop = (problem) => {
      outcome = { problem };
      child.kill("SIGTERM");
      last ??= setTimeout(() => killGroup(child.pid), stopMs);
    };
    const limit = setTimeout(
      () => stop(`It took longer than ${longestMinutes} minutes.`),
      longestMinutes * 60_000,
    );
    const stopped = () => stop(signal.reason.message);
    signal.addEventListener("abort", stopped, { once: true });
    child.on("message", (message) => {
      // What is said after a stop is only its consequence.
      if (last === undefined) outcome = message;
    });
    child.on("exit", () => {
      clearTimeout(limit);
      clearTimeout(last);
      signal.removeEventListener("abort", stopped);
      killGroup(child.pid);
      resolve(outcome);
    });
  });

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // Nobody is left in it: what is meant to be so.
    if (error.code !== "ESRCH") throw error;
  }
}
