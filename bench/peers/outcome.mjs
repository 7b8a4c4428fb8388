// Starts measure.mjs, waits for its outcome, and ends every process that it leaves.
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { clearTimeout, setTimeout } from "node:timers";

const file = join(import.meta.dirname, "measure.mjs");
const timeoutMinutes = 3;
const stopMs = 20_000;

/** Never rejects: a failure is the outcome's `problem`. */
export async function measureInProcess(engine, workload, size, signal) {
  const folder = await mkdtemp(join(tmpdir(), "aos-peers-"));
  try {
    return await runMeasurement([engine, workload, size, folder], signal);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  }
}

const runMeasurement = (args, signal) =>
  new Promise((resolve) => {
    // A separate process group, so that all of its processes can be killed.
    const child = fork(file, args, {
      detached: true,
      stdio: ["ignore", 2, 2, "ipc"],
    });
    let outcome = { problem: "The measurement ended without a figure." };
    let killTimer;
    const stop = (problem) => {
      outcome = { problem };
      child.kill("SIGTERM");
      killTimer ??= setTimeout(() => killGroup(child.pid), stopMs);
    };
    const limit = setTimeout(
      () => stop(`It took longer than ${timeoutMinutes} minutes.`),
      timeoutMinutes * 60_000,
    );
    const onAbort = () => stop(signal.reason.message);
    signal.addEventListener("abort", onAbort, { once: true });
    child.on("message", (message) => {
      // A message after a stop is only its consequence.
      if (killTimer === undefined) outcome = message;
    });
    child.on("exit", () => {
      clearTimeout(limit);
      clearTimeout(killTimer);
      signal.removeEventListener("abort", onAbort);
      killGroup(child.pid);
      resolve(outcome);
    });
  });

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: the group has no processes left.
    if (error.code !== "ESRCH") throw error;
  }
}
