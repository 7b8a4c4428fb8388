import {
  createDurableTaskClient,
  readResponse,
} from "../../support/durable-task/http-api-client";
import { samplesAppFolder } from "../../support/durable-task/samples-app";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

let host: ListeningProcess;
const data = createTemporaryFolder();
beforeAll(async () => {
  host = await startHostCommand({
    app: samplesAppFolder(),
    data,
  });
});
afterAll(() => host.stop());

const api = createDurableTaskClient(() => host.url);
const repair = (key: string) =>
  fetch(`${host.url}/api/repair/${key}`, { method: "POST" });
const rewind = (id: string) =>
  api.call("POST", `instances/${id}/rewind?reason=repaired`);

/** Starts an instance that fails, repairs its activity and rewinds it. Resolves with the status of the completed instance. */
async function failThenRewind(name: string, key: string, input: unknown = key) {
  await api.startInstance(key, name, input);
  await api.whenStatus(key, "Failed");
  await repair(key);
  expect((await rewind(key)).status).toBe(202);
  return api.whenStatus(key, "Completed");
}

describe("a rewind", () => {
  test("repeats a failed activity and no successful one", async () => {
    const { output } = await failThenRewind("rewindable", "one");
    expect(output).toEqual([1, "one works", "Hello one!"]);
  });

  test("rewinds failed children, which report to their parent again", async () => {
    const { output } = await failThenRewind("rewindableParent", "family");
    expect(output).toEqual([
      1,
      "family works",
      "Hello family!",
      "Hello family!",
    ]);
    await api.whenStatus("family-child", "Completed");
  });

  test("keeps failures that the orchestrator handled", async () => {
    const { output } = await failThenRewind("rewindableRetries", "tried");
    expect(output).toEqual(["tried works", 2]);
  });

  test("repeats only the failed ones of concurrent activities", async () => {
    await repair("fine");
    await api.startInstance("concurrent", "rewindableFanOut", [
      "bad",
      "fine",
      "other",
    ]);
    await api.whenStatus("concurrent", "Failed");
    await Promise.all(["bad", "other"].map(repair));
    expect((await rewind("concurrent")).status).toBe(202);
    const { output } = await api.whenStatus("concurrent", "Completed");
    expect(output).toEqual(["bad works", "fine works", "other works", 2, 1]);
  });

  test("discards the signal that the failing execution sent last", async () => {
    const input = { key: "loud", counter: "loud" };
    expect(
      await failThenRewind("signalsAndFails", "loud", input),
    ).toMatchObject({ output: "loud works" });
  });

  test("accepts a second rewind after the instance has failed again", async () => {
    await api.startInstance("twice", "rewindable", "twice");
    await api.whenStatus("twice", "Failed");
    expect((await rewind("twice")).status).toBe(202);
    await api.whenStatus("twice", "Failed");
    await repair("twice");
    expect((await rewind("twice")).status).toBe(202);
    const { output } = await api.whenStatus("twice", "Completed");
    expect(output).toEqual([1, "twice works", "Hello twice!"]);
  });

  test("returns 404 for an unknown instance and 412 for one that has not failed", async () => {
    expect(await readResponse(rewind("missing"))).toEqual({
      status: 404,
      body: 'No orchestration with instance ID "$missing" found.',
    });
    await api.startInstance("fine", "helloSequence");
    await api.whenStatus("fine", "Completed");
    expect(await readResponse(rewind("fine"))).toEqual({
      status: 412,
      body: 'This orchestration has status Completed, but only orchestrations in the "Failed" state can be rewound.',
    });
  });
});
