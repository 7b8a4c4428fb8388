import { resolveAppSettings } from "../../core/app-settings";
import type { FunctionBinding, ExtensionHost } from "../../core/extension";

type Setting = ExtensionHost["setting"];

/** What a Service Bus binding names. */
export interface ServiceBusEntity {
  /** The name of the connection. */
  readonly connection: string;
  /** A queue or a topic. */
  readonly name: string;
  /** Of a topic that is received from. */
  readonly subscription: string | undefined;
}

export const isServiceBusTrigger = ({ type }: FunctionBinding): boolean =>
  type.toLowerCase() === "servicebustrigger";
export const isServiceBusOutput = ({
  type,
  direction,
}: FunctionBinding): boolean =>
  type.toLowerCase() === "servicebus" && direction === "out";

export function resolveEntity(
  binding: FunctionBinding,
  setting: Setting,
): ServiceBusEntity {
  const { connection } = binding;
  const named = (field: string): string | undefined => {
    const text = textOf(binding, field);
    return text && resolveAppSettings(text, setting).text;
  };
  return {
    connection:
      typeof connection === "string" && connection !== ""
        ? connection
        : "ServiceBus",
    name: named("queueName") ?? named("topicName") ?? "",
    subscription: named("subscriptionName"),
  };
}

/** For people: `orders`, or `orders/billing` for a subscription. */
export const formatEntity = ({
  name,
  subscription,
}: ServiceBusEntity): string =>
  subscription === undefined ? name : `${name}/${subscription}`;

/** What is wrong with the names in a binding. */
export function validateEntityNames(
  binding: FunctionBinding,
  setting: Setting,
): readonly string[] {
  const needed = textOf(binding, "queueName")
    ? ["queueName"]
    : isServiceBusTrigger(binding)
      ? ["topicName", "subscriptionName"]
      : ["topicName"];
  if (needed.length > 0 && needed.every((field) => !textOf(binding, field)))
    return ["queueName or topicName: must be given"];
  return needed.flatMap((field) => {
    const text = textOf(binding, field);
    if (text === undefined) return [`${field}: must be given`];
    const { missing } = resolveAppSettings(text, setting);
    return missing.map((name) => `${field}: the setting ${name} is not set`);
  });
}

function textOf(binding: FunctionBinding, field: string): string | undefined {
  const value = binding[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}
