// What an engine starts, so that it is stopped whatever happens: last started, first stopped.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const undo = [];
const tail = 2000;
const patienceMs = 10_000;

/** Keeps what is to be done when the measurement ends. */
export const onStop = (work) => undo.push(work);

let stopping;

/** Whoever calls it second waits for the same end: a process that exits earlier would leave its servers. */
export const stopAll = () => (stopping ??= undone());

async function undone() {
  for (let work = undo.pop(); work; work = undo.pop()) await work();
}

/** A program of the engine; `stopSignal` is the one that ends it in order. */
export function run(file, args, { stopSignal = "SIGTERM", ...options } = {}) {
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  let output = "";
  const keep = (chunk) => (output = (output + chunk).slice(-tail));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.on("error", (error) => keep(error.message));
  const ended = new Promise((resolve) => child.once("close", resolve));
  onStop(() => stopped(child, ended, stopSignal));
  return { ended, output: () => output, child };
}

async function stopped(child, ended, signal) {
  child.kill(signal);
  const last = pause(patienceMs, undefined, { ref: false });
  await Promise.race([ended, last.then(() => child.kill("SIGKILL"))]);
  await ended;
}

/** Runs a program to its end; throws what it said if that was not well. */
export async function finished(file, args, options) {
  const { ended, output } = run(file, args, options);
  const code = await ended;
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${output()}`);
  return output();
}

/** Waits until the check holds; throws what the program said when it ends before. */
export async function ready(program, name, check, seconds = 60) {
  const until = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (program.child.exitCode !== null)
      throw new Error(`${name} ended while it started: ${program.output()}`);
    if (Date.now() > until)
      throw new Error(
        `${name} was not ready within ${seconds} s: ${program.output()}`,
      );
    await pause(50);
  }
}

/** A port that nobody listens on now. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Whether somebody listens on a port of this machine. */
export const listening = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
