/** The program of the process in which a test's cloud runs. It ends with the channel to the test, however that ends. */
import { type Clock, systemClock } from "../shared/time/clock";
import {
  type DurableTaskExtension,
  createDurableTaskExtension,
} from "../functions-host/extensions/durable-task/extension";
import type { TaskHub } from "../durable-task/engine/task-hub";
import { VirtualClock } from "../shared/time/virtual-clock";
import { startFunctionsHost } from "../functions-host/core/host";
import { serviceBusExtension } from "../functions-host/extensions/service-bus/extension";
import { storageQueueExtension } from "../functions-host/extensions/storage-queue/extension";
import { timerExtension } from "../functions-host/extensions/timer/extension";
import {
  type StartedDependencies,
  startDependencies,
} from "./start-dependencies";
import {
  type HostCall,
  type HostProcessMessage,
  optionsVariableName,
  type HostProcessOptions,
  type HostCallRequest,
} from "./host-protocol";

const tell = (message: HostProcessMessage): void => {
  if (process.connected) process.send?.(message);
};
const sentence = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function run({
  app,
  data,
  clock: kind,
}: HostProcessOptions): Promise<void> {
  const clock = kind === "virtual" ? new VirtualClock(Date.now()) : systemClock;
  const extension = createDurableTaskExtension(clock);
  const timers = timerExtension(clock);
  /** Timer functions go first: what they start is the hub's. */
  const atRest = async (): Promise<void> => {
    await timers.whenIdle();
    await running(extension).whenIdle();
  };
  let azure: StartedDependencies | undefined;
  const log = (level: string, category: string, message: string): void => {
    process.stderr.write(`${level} ${category}: ${message}\n`);
  };
  const host = await startFunctionsHost({
    appFolder: app,
    port: 0,
    dataFolder: data,
    auth: false,
    // They are stopped in the reverse order: what others write to goes last.
    extensions: [
      storageQueueExtension(),
      serviceBusExtension(),
      extension,
      timers,
    ],
    log,
    prepare: async (settings) => {
      azure = await startDependencies(settings, { app, data }, log);
      return azure.settings;
    },
  });
  process.on("message", ({ id, call }: HostCallRequest) => {
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
  call: HostCall,
  clock: Clock,
  extension: DurableTaskExtension,
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
      await hub.waitForEnd(call.instanceId, new AbortController().signal);
      return undefined;
    case "history":
      return JSON.stringify(hub.getRecordedHistory(call.instanceId));
  }
}

function running({ hub }: DurableTaskExtension): TaskHub {
  if (hub) return hub;
  throw new Error("The task hub is stopping.");
}

// What an app leaves unhandled is told, and the host lives on.
process.on("unhandledRejection", (reason) => {
  process.stderr.write(`unhandled rejection: ${sentence(reason)}\n`);
});

run(
  JSON.parse(process.env[optionsVariableName] ?? "{}") as HostProcessOptions,
).then(
  () => {
    process.exit(0);
  },
  (error: unknown) => {
    const end = (): void => {
      process.exit(1);
    };
    const message: HostProcessMessage = {
      kind: "failed",
      reason: sentence(error),
    };
    if (process.connected) process.send?.(message, end);
    else end();
  },
);
