/** Names of the Service Bus queues and topic. */
export const requestQueue = "agent-requests";
export const sessionRequestQueue = "agent-session-requests";
export const responseQueue = "agent-responses";
/** Holds the messages that AOS rejects, because a Node.js function cannot dead-letter a message. */
export const rejectedQueue = "agent-requests-deadletter";
export const eventTopic = "agent-events";

const subQueueSuffix = "/$DeadLetterQueue";

export const deadLetterPath = (queue: string): string =>
  `${queue}${subQueueSuffix}`;

/** Splits a path into the queue and whether the path names its dead-letter sub-queue. */
export const parseQueuePath = (path: string) =>
  path.endsWith(subQueueSuffix)
    ? { queue: path.slice(0, -subQueueSuffix.length), isSubQueue: true }
    : { queue: path, isSubQueue: false };

/** The paths of all queues that hold dead letters. */
export const deadLetterQueues: readonly string[] = [
  rejectedQueue,
  ...[requestQueue, sessionRequestQueue, responseQueue, rejectedQueue].map(
    deadLetterPath,
  ),
];
