import { type AnnounceInput, stepSettledEvent } from "../src/model/contracts";

/** The durable client, as far as it is needed here. */
export interface EventSender {
  raiseEvent(instanceId: string, name: string, data: unknown): Promise<void>;
}

/** Wakes the workflow that waits for several steps at once. Said twice, it is heard once: see `nextSettled`. */
export const announceStep =
  (client: EventSender) =>
  async ({ instanceId, stepId }: AnnounceInput): Promise<null> => {
    await client.raiseEvent(instanceId, stepSettledEvent, stepId);
    return null;
  };
