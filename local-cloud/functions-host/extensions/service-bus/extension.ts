import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type {
  FunctionBinding,
  Extension,
  ExtensionHost,
} from "../../core/extension";
import { parseOutputMessages } from "../../core/output-messages";
import { validateExtensionSettings } from "../../core/format-schema-issues";
import { BatchListener } from "./batch-listener";
import { resolveEntity, formatEntity, isServiceBusOutput } from "./entity";
import { TimeoutError } from "../../../shared/timeout/with-timeout";
import {
  type ServiceBusListener,
  responseMarginMs,
} from "./service-bus-listener";
import {
  toBatchInvocation,
  toMessageInvocation,
  type MessageInvocation,
} from "./message-invocation";
import { MessageListener } from "./message-listener";
import { ServiceBusClients } from "./service-bus-clients";
import { toServiceBusMessage, sendOutputMessages } from "./send-messages";
import {
  validateServiceBusBindings,
  isBatchTrigger,
  findServiceBusFunctions,
  type ServiceBusFunction,
} from "./service-bus-functions";
import { SessionListener } from "./session-listener";
import {
  serviceBusSettingsSchema,
  type ServiceBusSettings,
  tryTimeoutMs,
} from "./settings";

interface Running {
  readonly host: ExtensionHost;
  readonly settings: ServiceBusSettings;
  readonly namespaces: ServiceBusClients;
}

/** Runs the functions that Service Bus queues and subscriptions trigger, and sends to queues and topics. */
export function serviceBusExtension(): Extension {
  let running: Running | undefined;
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
      const namespaces = new ServiceBusClients(host.setting, settings);
      running = { host, settings, namespaces };
      for (const found of findServiceBusFunctions(host))
        listeners.push(listener(found, running));
      return Promise.resolve();
    },
    listen: () => {
      for (const one of listeners) one.start();
    },
    invokeManually: (functionName, input = "") => {
      const found = running && byName(functionName, running.host);
      if (found)
        void running?.host.invoke({
          functionName: found.metadata.name,
          trigger: isBatchTrigger(found.trigger)
            ? { collectionString: { string: [input] } }
            : { string: input },
        });
      return found !== undefined;
    },
    outputBinding: (binding, value) =>
      running && isServiceBusOutput(binding)
        ? write(binding, parseOutputMessages(value), running)
        : undefined,
    stopListening: async () => {
      await Promise.all(listeners.map((one) => one.stop()));
    },
    stop: async () => {
      await running?.namespaces.close();
      running = undefined;
    },
  };
}

const byName = (
  functionName: string,
  host: ExtensionHost,
): ServiceBusFunction | undefined =>
  findServiceBusFunctions(host).find(
    ({ metadata }) =>
      metadata.name.toLowerCase() === functionName.toLowerCase(),
  );

async function write(
  binding: FunctionBinding,
  values: ReturnType<typeof parseOutputMessages>,
  { host, settings, namespaces }: Running,
): Promise<void> {
  if (values.length === 0) return;
  const { connection, name } = resolveEntity(binding, host.setting);
  const sender = namespaces.sender(connection, name);
  try {
    const limitMs = tryTimeoutMs(settings) + responseMarginMs;
    await sendOutputMessages(sender, values.map(toServiceBusMessage), limitMs);
  } catch (error) {
    if (error instanceof TimeoutError) namespaces.discard(connection);
    throw error;
  }
}

function listener(
  { metadata: { name }, trigger }: ServiceBusFunction,
  { host, settings, namespaces }: Running,
): ServiceBusListener {
  const entity = resolveEntity(trigger, host.setting);
  const called = { functionName: name, trigger };
  const { autoCompleteMessages } = trigger;
  const invoke = ({ invocation, damaged }: MessageInvocation) => {
    for (const id of damaged)
      host.log(
        "warning",
        `Message ${id} of ${formatEntity(entity)} is not text, so function ${name} gets it damaged, as on Azure; ask for dataType "binary" to get its bytes.`,
      );
    return host.invoke(invocation);
  };
  const options = {
    connect: () => namespaces.createClient(entity.connection),
    entity,
    settings,
    autoComplete:
      typeof autoCompleteMessages === "boolean"
        ? autoCompleteMessages
        : settings.autoCompleteMessages,
    isBatch: isBatchTrigger(trigger),
    invokeOne: (message: ServiceBusReceivedMessage) =>
      invoke(toMessageInvocation(called, message)),
    invokeMany: (messages: readonly ServiceBusReceivedMessage[]) =>
      invoke(toBatchInvocation(called, messages)),
    log: host.log,
  };
  if (trigger["isSessionsEnabled"] === true)
    return new SessionListener(options);
  return isBatchTrigger(trigger)
    ? new BatchListener(options)
    : new MessageListener(options);
}
