// The processes of an engine; they are stopped in reverse order, also after a failure.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const cleanups = [];
const outputLimit = 2000;
const stopTimeoutMs = 10_000;

/** Registers a cleanup for the end of the measurement. */
export const onStop = (work) => cleanups.push(work);

let stopping;

/** A second call waits for the first: a process that exits earlier would leave its servers. */
export const stopAll = () => (stopping ??= runCleanups());

async function runCleanups() {
  for (let work = cleanups.pop(); work; work = cleanups.pop()) await work();
}

/** Starts a program of the engine. `stopSignal` is the signal that stops it. */
export function run(file, args, { stopSignal = "SIGTERM", ...options } = {}) {
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  let output = "";
  const keep = (chunk) => (output = (output + chunk).slice(-outputLimit));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.on("error", (error) => keep(error.message));
  const exited = new Promise((resolve) => child.once("close", resolve));
  onStop(() => stop(child, exited, stopSignal));
  return { exited, output: () => output, child };
}

async function stop(child, exited, signal) {
  child.kill(signal);
  const timeout = pause(stopTimeoutMs, undefined, { ref: false });
  await Promise.race([exited, timeout.then(() => child.kill("SIGKILL"))]);
  await exited;
}

/** Runs a program to its end; throws with its output when it fails. */
export async function runToEnd(file, args, options) {
  const { exited, output } = run(file, args, options);
  const code = await exited;
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${output()}`);
  return output();
}

/** Waits until the check returns true; throws with the program's output when it ends before. */
export async function waitUntilReady(program, name, check, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (program.child.exitCode !== null)
      throw new Error(`${name} ended while it started: ${program.output()}`);
    if (Date.now() > deadline)
      throw new Error(
        `${name} was not ready within ${seconds} s: ${program.output()}`,
      );
    await pause(50);
  }
}

/** Resolves with a port that is free now. */
export async function findFreePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Resolves with whether a program listens on the port of this machine. */
export const isListening = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
