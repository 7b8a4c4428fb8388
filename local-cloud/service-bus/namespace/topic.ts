import type { QueueDispatcher } from "../queue/queue-dispatcher";
import type { SentMessage } from "../queue/message";
import type { SubscriptionRules } from "./subscription-rules";

export interface Subscription {
  readonly queue: QueueDispatcher;
  readonly rules: SubscriptionRules;
}

export interface Topic {
  /** Detects duplicates and keeps what is scheduled; the rest it passes on. */
  readonly inbox: QueueDispatcher;
}

/** Gives the subscriptions that want the message a copy each. */
export const fanOut =
  (subscriptions: readonly Subscription[]) =>
  (arrival: SentMessage): void => {
    for (const { queue, rules } of subscriptions)
      if (rules.match(arrival.content)) give(queue, arrival);
  };

/** The sender cannot know which subscriptions have sessions, so a message without one is not its failure. */
function give({ rules }: QueueDispatcher, arrival: SentMessage): void {
  if (rules.sessions && arrival.sessionId === undefined)
    rules.messages.refuse(arrival, {
      DeadLetterReason: "Session ID is null",
      DeadLetterErrorDescription:
        "Session enabled entity doesn't allow a message whose session identifier is null.",
    });
  else rules.send([arrival], nobody);
}

const nobody = (): void => undefined;
