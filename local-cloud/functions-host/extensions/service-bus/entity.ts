import { resolveAppSettings } from "../../core/app-settings";
import type { ExtensionHost, FunctionBinding } from "../../core/extension";

type Setting = ExtensionHost["setting"];

/** The queue, topic or subscription of a binding. */
export interface ServiceBusEntity {
  readonly connection: string;
  /** Of the queue or topic. */
  readonly name: string;
  /** Only for a trigger on a topic. */
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
  const resolve = (field: string): string | undefined => {
    const text = readText(binding, field);
    return text && resolveAppSettings(text, setting).text;
  };
  return {
    connection: readText(binding, "connection") ?? "ServiceBus",
    name: resolve("queueName") ?? resolve("topicName") ?? "",
    subscription: resolve("subscriptionName"),
  };
}

/** Display name: `orders`, or `orders/billing` for a subscription. */
export const formatEntity = ({
  name,
  subscription,
}: ServiceBusEntity): string =>
  subscription === undefined ? name : `${name}/${subscription}`;

/** Error messages for the entity names of a binding. */
export function validateEntityNames(
  binding: FunctionBinding,
  setting: Setting,
): readonly string[] {
  const required = readText(binding, "queueName")
    ? ["queueName"]
    : isServiceBusTrigger(binding)
      ? ["topicName", "subscriptionName"]
      : ["topicName"];
  if (required.every((field) => !readText(binding, field)))
    return ["queueName or topicName: is required"];
  return required.flatMap((field) => {
    const text = readText(binding, field);
    if (text === undefined) return [`${field}: is required`];
    const { missing } = resolveAppSettings(text, setting);
    return missing.map((name) => `${field}: the setting ${name} is not set`);
  });
}

/** Undefined when the field is empty or no string. */
function readText(binding: FunctionBinding, field: string): string | undefined {
  const value = binding[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}
