import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { TimeoutError } from "../../../shared/timeout/with-timeout";
import {
  type Extension,
  type ExtensionHost,
  findFunctionByName,
  type FunctionBinding,
  type InvocationOutcome,
  type TriggeredFunction,
} from "../../core/extension";
import { validateExtensionSettings } from "../../core/format-schema-issues";
import { damagedTextWarning } from "../../core/message-body";
import {
  type OutputMessage,
  parseOutputMessages,
} from "../../core/output-messages";
import { BatchListener } from "./batch-listener";
import { formatEntity, isServiceBusOutput, resolveEntity } from "./entity";
import {
  type MessageInvocation,
  toBatchInvocation,
  toManualTriggerData,
  toMessageInvocation,
} from "./message-invocation";
import { MessageListener } from "./message-listener";
import { sendOutputMessages, toServiceBusMessage } from "./send-messages";
import { ServiceBusClients } from "./service-bus-clients";
import {
  findServiceBusFunctions,
  isBatchTrigger,
  validateServiceBusBindings,
} from "./service-bus-functions";
import {
  responseMarginMs,
  type ServiceBusListener,
} from "./service-bus-listener";
import { SessionListener } from "./session-listener";
import {
  type ServiceBusSettings,
  serviceBusSettingsSchema,
  tryTimeoutMs,
} from "./settings";

interface RunningExtension {
  readonly host: ExtensionHost;
  readonly settings: ServiceBusSettings;
  readonly clients: ServiceBusClients;
}

/** Runs functions with triggers on Service Bus queues and subscriptions, and sends outputs to queues and topics. */
export function serviceBusExtension(): Extension {
  let running: RunningExtension | undefined;
  const listeners: ServiceBusListener[] = [];
  return {
    name: "serviceBus",
    triggers: ["serviceBusTrigger"],
    validate: (host) => [
      ...validateExtensionSettings(
        serviceBusSettingsSchema,
        "serviceBus",
        host.settings,
      ),
      ...validateServiceBusBindings(host),
    ],
    start: (host) => {
      const settings = serviceBusSettingsSchema.parse(host.settings);
      const clients = new ServiceBusClients(host.setting, settings);
      running = { host, settings, clients };
      for (const serviceBusFunction of findServiceBusFunctions(host))
        listeners.push(createListener(serviceBusFunction, running));
      return Promise.resolve();
    },
    listen: () => {
      for (const listener of listeners) listener.start();
    },
    invokeManually: (functionName, input = "") => {
      const found =
        running &&
        findFunctionByName(findServiceBusFunctions(running.host), functionName);
      if (found)
        void running?.host.invoke({
          functionName: found.metadata.name,
          trigger: toManualTriggerData(input, found.trigger),
        });
      return found !== undefined;
    },
    outputBinding: (binding, value) =>
      running && isServiceBusOutput(binding)
        ? sendOutput(binding, parseOutputMessages(value), running)
        : undefined,
    stopListening: async () => {
      await Promise.all(listeners.map((listener) => listener.stop()));
    },
    stop: async () => {
      await running?.clients.close();
      running = undefined;
    },
  };
}

async function sendOutput(
  binding: FunctionBinding,
  messages: readonly OutputMessage[],
  { host, settings, clients }: RunningExtension,
): Promise<void> {
  if (messages.length === 0) return;
  const { connection, name } = resolveEntity(binding, host.setting);
  const sender = clients.sender(connection, name);
  try {
    const limitMs = tryTimeoutMs(settings) + responseMarginMs;
    await sendOutputMessages(
      sender,
      messages.map(toServiceBusMessage),
      limitMs,
    );
  } catch (error) {
    if (error instanceof TimeoutError) clients.discard(connection);
    throw error;
  }
}

function createListener(
  { metadata: { name }, trigger }: TriggeredFunction,
  { host, settings, clients }: RunningExtension,
): ServiceBusListener {
  const entity = resolveEntity(trigger, host.setting);
  const binding = { functionName: name, trigger };
  const { autoCompleteMessages } = trigger;
  const invoke = ({
    invocation,
    damaged,
  }: MessageInvocation): Promise<InvocationOutcome> => {
    for (const messageId of damaged)
      host.log(
        "warning",
        damagedTextWarning(messageId, formatEntity(entity), name),
      );
    return host.invoke(invocation);
  };
  const options = {
    connect: () => clients.createClient(entity.connection),
    entity,
    settings,
    autoComplete:
      typeof autoCompleteMessages === "boolean"
        ? autoCompleteMessages
        : settings.autoCompleteMessages,
    isBatch: isBatchTrigger(trigger),
    invokeOne: (message: ServiceBusReceivedMessage) =>
      invoke(toMessageInvocation(binding, message)),
    invokeMany: (messages: readonly ServiceBusReceivedMessage[]) =>
      invoke(toBatchInvocation(binding, messages)),
    log: host.log,
  };
  if (trigger["isSessionsEnabled"] === true)
    return new SessionListener(options);
  return options.isBatch
    ? new BatchListener(options)
    : new MessageListener(options);
}
