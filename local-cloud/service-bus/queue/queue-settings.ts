/** How a queue or a subscription behaves. Durations are milliseconds; Infinity is for ever. */
export interface BrokerQueueSettings {
  readonly lockMs: number;
  /** Infinity: it is given out as often as it takes. */
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  /** For how long message ids are remembered; 0: duplicates are not detected. */
  readonly duplicateWindowMs: number;
  readonly deadLetterOnExpiry: boolean;
  readonly ttlMs: number;
}

/** The dead-letter queue of an entity: nothing expires in it, and nothing is moved on from it. */
export const createDeadLetterSettings = (
  of: BrokerQueueSettings,
): BrokerQueueSettings => ({
  lockMs: of.lockMs,
  maxDeliveryCount: Infinity,
  requiresSession: false,
  duplicateWindowMs: 0,
  deadLetterOnExpiry: false,
  ttlMs: Infinity,
});
