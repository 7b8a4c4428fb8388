/** Entry point of the process that runs the local cloud of a test. It ends when the IPC channel to the test closes. */
import { errorMessage } from "../shared/error-message";
import { type ComposedCloud, composeLocalCloud } from "../compose";
import type { TaskHub } from "../durable-task/engine/task-hub";
import { exitProcess } from "../shared/process/exit-process";
import { type Clock, systemClock } from "../shared/time/clock";
import { VirtualClock } from "../shared/time/virtual-clock";
import {
  type HostCall,
  type HostCallRequest,
  type HostProcessMessage,
  type HostProcessOptions,
  optionsVariableName,
} from "./host-protocol";

const send = (message: HostProcessMessage): void => {
  if (process.connected) process.send?.(message);
};

async function run(options: HostProcessOptions): Promise<void> {
  const clock =
    options.clock === "virtual" ? new VirtualClock(Date.now()) : systemClock;
  await using cloud = await composeLocalCloud({
    app: options.app,
    port: 0,
    dataFolder: options.data,
    auth: false,
    storage: "on-demand",
    serviceBus: { start: "on-demand", port: 0 },
    clock,
    lostEpisodes: options.lostEpisodes,
    log: (level, category, message) => {
      process.stderr.write(`${level} ${category}: ${message}\n`);
    },
  });
  process.on("message", ({ id, call }: HostCallRequest) => {
    runCall(call, clock, cloud).then(
      (value) => {
        send({ kind: "result", id, value });
      },
      (error: unknown) => {
        send({ kind: "error", id, reason: errorMessage(error) });
      },
    );
  });
  const disconnected = new Promise((resolve) =>
    process.once("disconnect", resolve),
  );
  send({ kind: "ready", url: cloud.host.url, settings: cloud.settings });
  if (process.connected)
    await Promise.race([disconnected, cloud.host.workerExited]);
}

async function runCall(
  call: HostCall,
  clock: Clock,
  cloud: ComposedCloud,
): Promise<unknown> {
  if (call.name === "now") return clock.now();
  const hub = requireHub(cloud);
  switch (call.name) {
    case "advance":
      if (!(clock instanceof VirtualClock))
        throw new Error("The system clock cannot be advanced.");
      await clock.advance(call.ms, () => cloud.whenIdle());
      return undefined;
    case "whenEnded":
      await hub.waitForEnd(call.instanceId, new AbortController().signal);
      return undefined;
    case "history":
      return JSON.stringify(hub.getRecordedHistory(call.instanceId));
  }
}

function requireHub({ durableTask: { hub } }: ComposedCloud): TaskHub {
  if (hub) return hub;
  throw new Error("The task hub is stopping.");
}

run(
  JSON.parse(process.env[optionsVariableName] ?? "{}") as HostProcessOptions,
).then(
  () => {
    exitProcess(0);
  },
  (error: unknown) => {
    const exit = (): void => {
      exitProcess(1);
    };
    const message: HostProcessMessage = {
      kind: "failed",
      reason: errorMessage(error),
    };
    if (process.connected) process.send?.(message, exit);
    else exit();
  },
);
