import type { PropertyChanges, SettlementOutcome } from "../queue/message";

interface AmqpDeliveryState {
  readonly constructor: { readonly composite_type?: string };
  readonly undeliverable_here?: boolean;
  readonly message_annotations?: PropertyChanges;
  readonly error?: { readonly info?: PropertyChanges };
}

/** Converts the delivery state that a receiver has sent. */
export function toSettlementOutcome(state: unknown): SettlementOutcome {
  const { constructor, undeliverable_here, message_annotations, error } =
    state as AmqpDeliveryState;
  const properties = message_annotations ?? {};
  switch (constructor.composite_type) {
    case "accepted":
      return { kind: "complete" };
    case "modified":
      return { kind: undeliverable_here ? "defer" : "abandon", properties };
    case "rejected":
      return { kind: "dead-letter", properties: withoutNulls(error?.info) };
    default:
      return { kind: "abandon" };
  }
}

/** The client sends null for a reason that was not specified. */
const withoutNulls = (properties: PropertyChanges = {}): PropertyChanges =>
  Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== null),
  );
