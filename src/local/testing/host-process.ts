/** The program of the process in which a test's cloud runs. It ends with the channel to the test, however that ends. */
import { type Clock, systemClock } from "../scheduling/clock";
import { type DurableTask, durableTask } from "../durable-task/extension";
import type { TaskHub } from "../durable-task/hub";
import { VirtualClock } from "../scheduling/virtual-clock";
import { startFunctionsHost } from "../functions-host/host";
import { serviceBus } from "../functions-host/service-bus/extension";
import { storageQueues } from "../functions-host/storage-queue/extension";
import { timerTriggers } from "../functions-host/timer/extension";
import { type Azure, startAzure } from "./azure";
import {
  type Call,
  type Message,
  optionsVariable,
  type ProcessOptions,
  type Request,
} from "./protocol";

const tell = (message: Message): void => {
  if (process.connected) process.send?.(message);
};
const sentence = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function run({ app, data, clock: kind }: ProcessOptions): Promise<void> {
  const clock = kind === "virtual" ? new VirtualClock(Date.now()) : systemClock;
  const extension = durableTask(clock);
  const timers = timerTriggers(clock);
  /** Timer functions go first: what they start is the hub's. */
  const atRest = async (): Promise<void> => {
    await timers.whenIdle();
    await running(extension).whenIdle();
  };
  let azure: Azure | undefined;
  const log = (level: string, category: string, message: string): void => {
    process.stderr.write(`${level} ${category}: ${message}\n`);
  };
  const host = await startFunctionsHost({
    appFolder: app,
    port: 0,
    dataFolder: data,
    auth: false,
    // They are stopped in the reverse order: what others write to goes last.
    extensions: [storageQueues(), serviceBus(), extension, timers],
    log,
    prepare: async (settings) => {
      azure = await startAzure(settings, { app, data }, log);
      return azure.settings;
    },
  });
  process.on("message", ({ id, call }: Request) => {
    answer(call, clock, extension, atRest).then(
      (value) => {
        tell({ kind: "answer", id, value });
      },
      (error: unknown) => {
        tell({ kind: "problem", id, reason: sentence(error) });
      },
    );
  });
  const ended = new Promise((resolve) => process.once("disconnect", resolve));
  tell({ kind: "ready", url: host.url, settings: azure?.settings ?? {} });
  if (process.connected) await ended;
  await host.stop();
  await azure?.stop();
}

async function answer(
  call: Call,
  clock: Clock,
  extension: DurableTask,
  atRest: () => Promise<void>,
): Promise<unknown> {
  if (call.name === "now") return clock.now();
  const hub = running(extension);
  switch (call.name) {
    case "advance":
      if (!(clock instanceof VirtualClock))
        throw new Error("The time of the machine cannot be advanced.");
      await clock.advance(call.ms, atRest);
      return undefined;
    case "whenEnded":
      await hub.whenEnded(call.instanceId, new AbortController().signal);
      return undefined;
    case "history":
      return JSON.stringify(hub.recordedHistory(call.instanceId));
  }
}

function running({ hub }: DurableTask): TaskHub {
  if (hub) return hub;
  throw new Error("The task hub is stopping.");
}

// What an app leaves unhandled is told, and the host lives on.
process.on("unhandledRejection", (reason) => {
  process.stderr.write(`unhandled rejection: ${sentence(reason)}\n`);
});

run(JSON.parse(process.env[optionsVariable] ?? "{}") as ProcessOptions).then(
  () => {
    process.exit(0);
  },
  (error: unknown) => {
    const end = (): void => {
      process.exit(1);
    };
    const message: Message = { kind: "failed", reason: sentence(error) };
    if (process.connected) process.send?.(message, end);
    else end();
  },
);
