import { decodeMessageBody } from "../../core/message-body";
import type {
  FunctionBinding,
  Extension,
  ExtensionHost,
  FunctionMetadata,
} from "../../core/extension";
import { parseOutputMessages } from "../../core/output-messages";
import { validateExtensionSettings } from "../../core/format-schema-issues";
import { encodeQueueMessage } from "./message-text";
import {
  isQueueOutput,
  findQueueFunctions,
  resolveQueueBinding,
  validateQueueBindings,
} from "./queue-functions";
import { QueueListener } from "./queue-listener";
import { QueueClients, sendCreatingQueue } from "./queue-clients";
import {
  storageQueueSettingsSchema,
  type StorageQueueSettings,
} from "./settings";
import { queueTriggerMetadata } from "./trigger-metadata";

/** After a crash a message is seen again within this time. The real host takes ten minutes. */
const leaseSeconds = 60;

interface Running {
  readonly host: ExtensionHost;
  readonly settings: StorageQueueSettings;
  readonly queues: QueueClients;
}

/** Runs the functions that queues of a storage account trigger, and writes to queues. */
export function storageQueueExtension(): Extension {
  let running: Running | undefined;
  const listeners: QueueListener[] = [];
  return {
    name: "queues",
    triggers: ["queueTrigger"],
    validate: (host) => [
      ...validateExtensionSettings(
        storageQueueSettingsSchema,
        "queues",
        host.settings,
      ),
      ...validateQueueBindings(host),
    ],
    start: (host) => {
      const settings = storageQueueSettingsSchema.parse(host.settings);
      running = { host, settings, queues: new QueueClients(host.setting) };
      for (const { metadata, trigger } of findQueueFunctions(host))
        listeners.push(listener(metadata, trigger, running));
      return Promise.resolve();
    },
    listen: () => {
      for (const one of listeners) one.start();
    },
    invokeManually: (functionName, input = "") => {
      const found =
        running &&
        findQueueFunctions(running.host).find(
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
        ? write(binding, parseOutputMessages(value), running)
        : undefined,
    stopListening: async () => {
      await Promise.all(listeners.map((one) => one.stop()));
    },
    stop: () => Promise.resolve(),
  };
}

async function write(
  binding: FunctionBinding,
  values: ReturnType<typeof parseOutputMessages>,
  { host, settings, queues }: Running,
): Promise<void> {
  const { connection, queueName } = resolveQueueBinding(binding, host);
  const queue = queues.get(connection, queueName);
  // One after another: they are to be in the queue in the order in which the function gave them.
  for (const value of values)
    await sendCreatingQueue(
      queue,
      encodeQueueMessage(value, settings.messageEncoding),
    );
}

function listener(
  { name }: FunctionMetadata,
  trigger: FunctionBinding,
  { host, settings, queues }: Running,
): QueueListener {
  const { connection, queueName } = resolveQueueBinding(trigger, host);
  return new QueueListener({
    queue: queues.get(connection, queueName),
    poisonQueue: queues.get(connection, `${queueName}-poison`),
    settings,
    leaseSeconds,
    log: host.log,
    invoke: (message, bytes) => {
      const { data, isDamaged } = decodeMessageBody(bytes, trigger);
      if (isDamaged)
        host.log(
          "warning",
          `Message ${message.messageId} of ${queueName} is not text, so function ${name} gets it damaged, as on Azure; ask for dataType "binary" to get its bytes.`,
        );
      return host.invoke({
        functionName: name,
        trigger: data,
        triggerMetadata: queueTriggerMetadata(message, bytes.toString("utf8")),
      });
    },
  });
}
