import {
  type Extension,
  type ExtensionHost,
  findFunctionByName,
  type FunctionBinding,
  type TriggeredFunction,
} from "../../core/extension";
import { validateExtensionSettings } from "../../core/format-schema-issues";
import { damagedTextWarning, decodeMessageBody } from "../../core/message-body";
import {
  type OutputMessage,
  parseOutputMessages,
} from "../../core/output-messages";
import { encodeQueueMessage } from "./message-text";
import { QueueClients, sendCreatingQueue } from "./queue-clients";
import {
  findQueueFunctions,
  isQueueOutput,
  resolveQueueBinding,
  validateQueueBindings,
} from "./queue-functions";
import { QueueListener } from "./queue-listener";
import {
  type StorageQueueSettings,
  storageQueueSettingsSchema,
} from "./settings";
import { queueTriggerMetadata } from "./trigger-metadata";

/** After a crash a message becomes visible again within this time. Azure uses ten minutes. */
const leaseSeconds = 60;

interface RunningExtension {
  readonly host: ExtensionHost;
  readonly settings: StorageQueueSettings;
  readonly queues: QueueClients;
}

/** Runs functions with queue triggers of a storage account, and writes queue outputs. */
export function storageQueueExtension(): Extension {
  let running: RunningExtension | undefined;
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
      for (const queueFunction of findQueueFunctions(host))
        listeners.push(createListener(queueFunction, running));
      return Promise.resolve();
    },
    listen: () => {
      for (const listener of listeners) listener.start();
    },
    invokeManually: (functionName, input = "") => {
      const found =
        running &&
        findFunctionByName(findQueueFunctions(running.host), functionName);
      if (found)
        void running?.host.invoke({
          functionName: found.metadata.name,
          trigger: { string: input },
        });
      return found !== undefined;
    },
    outputBinding: (binding, value) =>
      running && isQueueOutput(binding)
        ? writeMessages(binding, parseOutputMessages(value), running)
        : undefined,
    stopListening: async () => {
      await Promise.all(listeners.map((listener) => listener.stop()));
    },
    stop: () => Promise.resolve(),
  };
}

async function writeMessages(
  binding: FunctionBinding,
  messages: readonly OutputMessage[],
  { host, settings, queues }: RunningExtension,
): Promise<void> {
  const { connection, queueName } = resolveQueueBinding(binding, host);
  const queue = queues.get(connection, queueName);
  // Sequentially, which keeps the order in which the function returned them.
  for (const message of messages)
    await sendCreatingQueue(
      queue,
      encodeQueueMessage(message, settings.messageEncoding),
    );
}

function createListener(
  { metadata: { name }, trigger }: TriggeredFunction,
  { host, settings, queues }: RunningExtension,
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
          damagedTextWarning(message.messageId, queueName, name),
        );
      return host.invoke({
        functionName: name,
        trigger: data,
        triggerMetadata: queueTriggerMetadata(message, bytes.toString("utf8")),
      });
    },
  });
}
