import { type StepRef, stepSettledEvent } from "../src/domain/contracts";

/** The part of the durable client that raises events. It ignores events for instances that have ended. */
interface EventRaiser {
  raiseEvent(instanceId: string, name: string, data: unknown): Promise<void>;
}

/** Raises `stepSettled` at the workflow, which tolerates repeated events. */
export const notifyStepSettled =
  (client: EventRaiser) =>
  async ({ orchestrationId, stepId }: StepRef): Promise<null> => {
    await client.raiseEvent(orchestrationId, stepSettledEvent, { stepId });
    return null;
  };
