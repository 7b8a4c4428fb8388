import { withAppSettings } from "../app-settings";
import type { Binding, ExtensionHost } from "../extension";

type Setting = ExtensionHost["setting"];

/** What a Service Bus binding names. */
export interface Entity {
  /** The name of the connection. */
  readonly connection: string;
  /** A queue or a topic. */
  readonly name: string;
  /** Of a topic that is received from. */
  readonly subscription: string | undefined;
}

export const isServiceBusTrigger = ({ type }: Binding): boolean =>
  type.toLowerCase() === "servicebustrigger";
export const isServiceBusOutput = ({ type, direction }: Binding): boolean =>
  type.toLowerCase() === "servicebus" && direction === "out";

export function entityOf(binding: Binding, setting: Setting): Entity {
  const { connection } = binding;
  const named = (field: string): string | undefined => {
    const text = textOf(binding, field);
    return text && withAppSettings(text, setting).text;
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
export const entityText = ({ name, subscription }: Entity): string =>
  subscription === undefined ? name : `${name}/${subscription}`;

/** What is wrong with the names in a binding. */
export function nameProblems(
  binding: Binding,
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
    const { missing } = withAppSettings(text, setting);
    return missing.map((name) => `${field}: the setting ${name} is not set`);
  });
}

function textOf(binding: Binding, field: string): string | undefined {
  const value = binding[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}
