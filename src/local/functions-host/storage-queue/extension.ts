import { bodyOf } from "../body";
import type {
  Binding,
  Extension,
  ExtensionHost,
  FunctionMetadata,
} from "../extension";
import { outputValues } from "../output-values";
import { settingsProblems } from "../schema-problems";
import { encoded } from "./message-text";
import {
  isQueueOutput,
  queueFunctions,
  queueOf,
  queueProblems,
} from "./queue-functions";
import { QueueListener } from "./queue-listener";
import { Queues, send } from "./queues";
import { queueSettings, type QueueSettings } from "./settings";
import { triggerMetadata } from "./trigger-metadata";

/** After a crash a message is seen again within this time. The real host takes ten minutes. */
const leaseSeconds = 60;

interface Running {
  readonly host: ExtensionHost;
  readonly settings: QueueSettings;
  readonly queues: Queues;
}

/** Runs the functions that queues of a storage account trigger, and writes to queues. */
export function storageQueues(): Extension {
  let running: Running | undefined;
  const listeners: QueueListener[] = [];
  return {
    name: "queues",
    triggers: ["queueTrigger"],
    problems: (host) => [
      ...settingsProblems(queueSettings, "queues", host.settings),
      ...queueProblems(host),
    ],
    start: (host) => {
      const settings = queueSettings.parse(host.settings);
      running = { host, settings, queues: new Queues(host.setting) };
      for (const { metadata, trigger } of queueFunctions(host))
        listeners.push(listener(metadata, trigger, running));
      return Promise.resolve();
    },
    listen: () => {
      for (const one of listeners) one.start();
    },
    runByHand: (functionName, input = "") => {
      const found =
        running &&
        queueFunctions(running.host).find(
          ({ metadata }) =>
            metadata.name.toLowerCase() === functionName.toLowerCase(),
        );
      if (found)
        void running?.host.invoke({
          functionName: found.metadata.name,
          trigger: { string: input },
        });
      return found !== undefined;
    },
    outputBinding: (binding, value) =>
      running && isQueueOutput(binding)
        ? write(binding, outputValues(value), running)
        : undefined,
    stopListening: async () => {
      await Promise.all(listeners.map((one) => one.stop()));
    },
    stop: () => Promise.resolve(),
  };
}

async function write(
  binding: Binding,
  values: ReturnType<typeof outputValues>,
  { host, settings, queues }: Running,
): Promise<void> {
  const { connection, queueName } = queueOf(binding, host);
  const queue = queues.queue(connection, queueName);
  // One after another: they are to be in the queue in the order in which the function gave them.
  for (const value of values)
    await send(queue, encoded(value, settings.messageEncoding));
}

function listener(
  { name }: FunctionMetadata,
  trigger: Binding,
  { host, settings, queues }: Running,
): QueueListener {
  const { connection, queueName } = queueOf(trigger, host);
  return new QueueListener({
    queue: queues.queue(connection, queueName),
    poisonQueue: queues.queue(connection, `${queueName}-poison`),
    settings,
    leaseSeconds,
    log: host.log,
    invoke: (message, bytes) => {
      const { data, isDamaged } = bodyOf(bytes, trigger);
      if (isDamaged)
        host.log(
          "warning",
          `Message ${message.messageId} of ${queueName} is not text, so function ${name} gets it damaged, as on Azure; ask for dataType "binary" to get its bytes.`,
        );
      return host.invoke({
        functionName: name,
        trigger: data,
        triggerMetadata: triggerMetadata(message, bytes.toString("utf8")),
      });
    },
  });
}
