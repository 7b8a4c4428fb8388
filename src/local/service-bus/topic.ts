import type { LiveQueue } from "./live-queue";
import type { Arrival } from "./rules/message";
import type { SubscriptionRules } from "./subscription-rules";

export interface Subscription {
  readonly queue: LiveQueue;
  readonly rules: SubscriptionRules;
}

export interface Topic {
  /** Detects duplicates and keeps what is scheduled; the rest it passes on. */
  readonly inbox: LiveQueue;
}

/** Gives the subscriptions that want the message a copy each. */
export const fanOut =
  (subscriptions: readonly Subscription[]) =>
  (arrival: Arrival): void => {
    for (const { queue, rules } of subscriptions)
      if (rules.match(arrival.content)) queue.rules.send([arrival], nobody);
  };

const nobody = (): void => undefined;
