import type { SettlementOutcome, PropertyChanges } from "../queue/message";

interface AmqpState {
  readonly constructor: { readonly composite_type?: string };
  readonly undeliverable_here?: boolean;
  readonly message_annotations?: PropertyChanges;
  readonly error?: { readonly info?: PropertyChanges };
}

/** What a receiver means by the delivery state that it has sent. */
export function toSettlementOutcome(state: unknown): SettlementOutcome {
  const { constructor, undeliverable_here, message_annotations, error } =
    state as AmqpState;
  const properties = message_annotations ?? {};
  switch (constructor.composite_type) {
    case "accepted":
      return { kind: "complete" };
    case "modified":
      return { kind: undeliverable_here ? "defer" : "abandon", properties };
    case "rejected":
      return { kind: "dead-letter", properties: given(error?.info ?? {}) };
    default:
      return { kind: "abandon" };
  }
}

/** The client sends null for a reason that was not given. */
const given = (properties: PropertyChanges): PropertyChanges =>
  Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== null),
  );
