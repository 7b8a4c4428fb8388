import {
  type NotifyStepSettledInput,
  stepSettledEvent,
} from "../src/domain/contracts";
import { toErrorMessage } from "../src/domain/errors";

/** The part of the durable client that raises events. It ignores events for instances that have ended. */
interface EventRaiser {
  raiseEvent(instanceId: string, name: string, data: unknown): Promise<void>;
}

/**
 * Raises `stepSettled` at the workflow, which tolerates repeated events. Succeeds if the workflow no longer exists: a
 * child that the workflow has started again can outlive it.
 */
export const notifyStepSettled =
  (client: EventRaiser) =>
  async ({
    orchestrationId,
    stepId,
    child,
  }: NotifyStepSettledInput): Promise<null> => {
    const data = { stepId, child };
    try {
      await client.raiseEvent(orchestrationId, stepSettledEvent, data);
    } catch (thrown) {
      // The durable client reports the status 404 in no other way.
      if (!toErrorMessage(thrown).startsWith("No instance with ID"))
        throw thrown;
    }
    return null;
  };
