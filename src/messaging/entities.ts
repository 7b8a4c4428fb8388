/** The queues and the topic of AOS, by their names in the namespace. */
export const requestQueue = "agent-requests";
export const sessionRequestQueue = "agent-session-requests";
export const responseQueue = "agent-responses";
/** What the app itself rejects: the host offers a function no way into the broker's own dead-letter queue. */
export const rejectedQueue = "agent-requests-deadletter";
export const eventTopic = "agent-events";

const queues = [
  requestQueue,
  sessionRequestQueue,
  responseQueue,
  rejectedQueue,
] as const;

export const deadLetterPath = (queue: string): string =>
  `${queue}/$DeadLetterQueue`;

/** Every queue in which a message may be that could not be processed. */
export const deadLetterQueues: readonly string[] = [
  rejectedQueue,
  ...queues.map(deadLetterPath),
];

/** Where a message of one of those came from, unless it says so itself. */
export const sourceQueue = (path: string): string =>
  path.replace(/\/\$DeadLetterQueue$/, "");
