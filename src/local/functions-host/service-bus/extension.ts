import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { Binding, Extension, ExtensionHost } from "../extension";
import { outputValues } from "../output-values";
import { settingsProblems } from "../schema-problems";
import { BatchListener } from "./batch-listener";
import { entityOf, entityText, isServiceBusOutput } from "./entity";
import type { Listener } from "./listener";
import {
  batchInvocation,
  messageInvocation,
  type MessageInvocation,
} from "./message-invocation";
import { MessageListener } from "./message-listener";
import { Namespaces } from "./namespaces";
import { outputMessage, sendAll } from "./output";
import {
  bindingProblems,
  isMany,
  serviceBusFunctions,
  type ServiceBusFunction,
} from "./service-bus-functions";
import { SessionListener } from "./session-listener";
import { serviceBusSettings, type ServiceBusSettings } from "./settings";

interface Running {
  readonly host: ExtensionHost;
  readonly settings: ServiceBusSettings;
  readonly namespaces: Namespaces;
}

/** Runs the functions that Service Bus queues and subscriptions trigger, and sends to queues and topics. */
export function serviceBus(): Extension {
  let running: Running | undefined;
  const listeners: Listener[] = [];
  return {
    name: "serviceBus",
    triggers: ["serviceBusTrigger"],
    problems: (host) => [
      ...settingsProblems(serviceBusSettings, "serviceBus", host.settings),
      ...bindingProblems(host),
    ],
    start: (host) => {
      const settings = serviceBusSettings.parse(host.settings);
      const namespaces = new Namespaces(host.setting, settings);
      running = { host, settings, namespaces };
      for (const found of serviceBusFunctions(host))
        listeners.push(listener(found, running));
      return Promise.resolve();
    },
    listen: () => {
      for (const one of listeners) one.start();
    },
    runByHand: (functionName, input = "") => {
      const found = running && byName(functionName, running.host);
      if (found)
        void running?.host.invoke({
          functionName: found.metadata.name,
          trigger: isMany(found.trigger)
            ? { collectionString: { string: [input] } }
            : { string: input },
        });
      return found !== undefined;
    },
    outputBinding: (binding, value) =>
      running && isServiceBusOutput(binding)
        ? write(binding, outputValues(value), running)
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
  serviceBusFunctions(host).find(
    ({ metadata }) =>
      metadata.name.toLowerCase() === functionName.toLowerCase(),
  );

async function write(
  binding: Binding,
  values: ReturnType<typeof outputValues>,
  { host, namespaces }: Running,
): Promise<void> {
  if (values.length === 0) return;
  const { connection, name } = entityOf(binding, host.setting);
  await sendAll(namespaces.sender(connection, name), values.map(outputMessage));
}

function listener(
  { metadata: { name }, trigger }: ServiceBusFunction,
  { host, settings, namespaces }: Running,
): Listener {
  const entity = entityOf(trigger, host.setting);
  const called = { functionName: name, trigger };
  const { autoCompleteMessages } = trigger;
  const invoke = ({ invocation, damaged }: MessageInvocation) => {
    for (const id of damaged)
      host.log(
        "warning",
        `Message ${id} of ${entityText(entity)} is not text, so function ${name} gets it damaged, as on Azure; ask for dataType "binary" to get its bytes.`,
      );
    return host.invoke(invocation);
  };
  const options = {
    client: namespaces.newClient(entity.connection),
    entity,
    settings,
    autoComplete:
      typeof autoCompleteMessages === "boolean"
        ? autoCompleteMessages
        : settings.autoCompleteMessages,
    isMany: isMany(trigger),
    invokeOne: (message: ServiceBusReceivedMessage) =>
      invoke(messageInvocation(called, message)),
    invokeMany: (messages: readonly ServiceBusReceivedMessage[]) =>
      invoke(batchInvocation(called, messages)),
    log: host.log,
  };
  if (trigger["isSessionsEnabled"] === true)
    return new SessionListener(options);
  return isMany(trigger)
    ? new BatchListener(options)
    : new MessageListener(options);
}
