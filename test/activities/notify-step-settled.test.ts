import { notifyStepSettled } from "../../activities/notify-step-settled";

/** Requires its `this`, as the durable client does. */
class RecordingClient {
  readonly raised: unknown[] = [];

  raiseEvent(...event: unknown[]): Promise<void> {
    this.raised.push(event);
    return Promise.resolve();
  }
}

const settled = { orchestrationId: "o", stepId: "read.3", child: "o@read.3" };

test("raises stepSettled with the step id and the child's instance id at the workflow", async () => {
  const client = new RecordingClient();
  await notifyStepSettled(client)(settled);
  const data = { stepId: "read.3", child: "o@read.3" };
  expect(client.raised).toEqual([["o", "stepSettled", data]]);
});

test.each([
  ["returns", "No instance with ID 'o' found.", null],
  ["throws", "The operation failed with an unexpected status code: 503.", 503],
])("%s if the durable client reports: %s", async (_, message, status) => {
  const client = { raiseEvent: () => Promise.reject(new Error(message)) };
  const notified = notifyStepSettled(client)(settled);
  await (status === null
    ? expect(notified).resolves.toBeNull()
    : expect(notified).rejects.toThrow("503"));
});
