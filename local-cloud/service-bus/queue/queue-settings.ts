/** Settings of a queue or subscription. Durations are milliseconds; Infinity means unlimited. */
export interface BrokerQueueSettings {
  readonly lockMs: number;
  /** Infinity: the message is delivered until it is completed. */
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  /** How long message ids are remembered; 0 turns duplicate detection off. */
  readonly duplicateWindowMs: number;
  readonly deadLetterOnExpiry: boolean;
  readonly ttlMs: number;
}

/** In a dead-letter queue messages neither expire nor move on. */
export const createDeadLetterSettings = ({
  lockMs,
}: BrokerQueueSettings): BrokerQueueSettings => ({
  lockMs,
  maxDeliveryCount: Infinity,
  requiresSession: false,
  duplicateWindowMs: 0,
  deadLetterOnExpiry: false,
  ttlMs: Infinity,
});
