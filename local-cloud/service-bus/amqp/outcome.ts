import type { Typed } from "rhea";
import type { PropertyChanges, SettlementOutcome } from "../queue/message";
import { toPropertyChanges } from "./property-changes";

interface AmqpDeliveryState {
  readonly constructor: { readonly composite_type?: string };
  readonly undeliverable_here?: boolean;
  /** The encoded fields in the order of the type's definition. */
  readonly value?: readonly Typed[];
}

const messageAnnotations = 2;
const errorInfo = 2;

const typeOf = (state: unknown): string | undefined =>
  (state as AmqpDeliveryState | undefined)?.constructor.composite_type;

/** Whether the state is an outcome: a receiver may settle a delivery without one. */
export const hasOutcome = (state: unknown): boolean =>
  ["accepted", "rejected", "released", "modified"].includes(
    typeOf(state) ?? "",
  );

/** Converts the delivery state that a receiver has sent. Without an outcome the message is released, AMQP's default. */
export function toSettlementOutcome(state: unknown): SettlementOutcome {
  const { undeliverable_here, value } = (state ?? {}) as AmqpDeliveryState;
  switch (typeOf(state)) {
    case "accepted":
      return { kind: "complete" };
    case "modified":
      return {
        kind: undeliverable_here ? "defer" : "abandon",
        properties: toPropertyChanges(value?.[messageAnnotations]),
      };
    case "rejected": {
      const error = value?.[0]?.value as readonly Typed[] | null | undefined;
      return {
        kind: "dead-letter",
        properties: withoutNulls(toPropertyChanges(error?.[errorInfo])),
      };
    }
    default:
      return { kind: "release" };
  }
}

/** The client sends null for a reason that was not specified. */
const withoutNulls = (
  properties: Readonly<Record<string, Typed>>,
): PropertyChanges =>
  Object.fromEntries(
    Object.entries(properties).filter(([, { value }]) => value !== null),
  );
