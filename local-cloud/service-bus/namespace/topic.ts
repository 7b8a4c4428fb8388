import type { SentMessage } from "../queue/message";
import type { QueueDispatcher } from "../queue/queue-dispatcher";
import type { SubscriptionRules } from "./subscription-rules";

export interface Subscription {
  readonly dispatcher: QueueDispatcher;
  readonly rules: SubscriptionRules;
}

export interface Topic {
  /** Detects duplicates, keeps scheduled messages and forwards all others to the subscriptions. */
  readonly inbox: QueueDispatcher;
}

/** Sends a copy of the message to every subscription whose rules match. */
export const fanOut =
  (subscriptions: readonly Subscription[]) =>
  (message: SentMessage): void => {
    for (const { dispatcher, rules } of subscriptions)
      if (rules.match(message.content)) forward(dispatcher, message);
  };

/**
 * A session-enabled subscription dead-letters a message without a session: the send cannot fail, because the sender does
 * not know which subscriptions have sessions.
 */
function forward({ queue }: QueueDispatcher, message: SentMessage): void {
  if (queue.sessions && message.sessionId === undefined)
    queue.messages.deadLetterOnArrival(message, {
      DeadLetterReason: "Session ID is null",
      DeadLetterErrorDescription:
        "Session enabled entity doesn't allow a message whose session identifier is null.",
    });
  else queue.send([message], () => undefined);
}
