import {
  type NotifyStepSettledInput,
  stepSettledEvent,
} from "../src/domain/contracts";

/** The part of the durable client that wakes an instance; it takes an event for an ended one as delivered. */
export interface EventRaiser {
  raiseEvent(instanceId: string, name: string, data: unknown): Promise<void>;
}

/** Wakes the workflow. It looks for itself what has settled, so that being woken twice is harmless. */
export const notifyStepSettled =
  (client: EventRaiser) =>
  async ({ instanceId, stepId }: NotifyStepSettledInput): Promise<null> => {
    await client.raiseEvent(instanceId, stepSettledEvent, { stepId });
    return null;
  };
