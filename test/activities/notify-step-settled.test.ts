import { notifyStepSettled } from "../../activities/notify-step-settled";

/** Requires its `this`, as the durable client does. */
class RecordingClient {
  readonly raised: unknown[] = [];

  raiseEvent(...event: unknown[]): Promise<void> {
    this.raised.push(event);
    return Promise.resolve();
  }
}

test("raises stepSettled with the step id at the workflow", async () => {
  const client = new RecordingClient();
  await notifyStepSettled(client)({ orchestrationId: "o", stepId: "read.3" });
  const data = { stepId: "read.3" };
  expect(client.raised).toEqual([["o", "stepSettled", data]]);
});
