import { resolve } from "node:path";
import {
  createDurableTaskClient,
  readResponse,
} from "../../support/durable-task/http-api-client";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

let host: ListeningProcess;
const data = createTemporaryFolder();
beforeAll(async () => {
  host = await startHostCommand({
    app: resolve("local-cloud/test/fixtures/durable-samples"),
    data,
  });
});
afterAll(() => host.stop());

const api = createDurableTaskClient(() => host.url);
const mend = (key: string) =>
  fetch(`${host.url}/api/mend/${key}`, { method: "POST" });
const rewind = (id: string) =>
  api.call("POST", `instances/${id}/rewind?reason=mended`);

async function failThenRewind(name: string, key: string, input: unknown = key) {
  await api.startAs(key, name, input);
  await api.whenIn(key, "Failed");
  await mend(key);
  expect((await rewind(key)).status).toBe(202);
  return api.whenIn(key, "Completed");
}

describe("a rewind", () => {
  test("runs again what failed, and nothing that had succeeded", async () => {
    const { output } = await failThenRewind("rewindable", "one");
    expect(output).toEqual([1, "one works", "Hello one!"]);
  });

  test("rewinds the children that failed, which report to their parent again", async () => {
    const { output } = await failThenRewind("rewindableParent", "family");
    expect(output).toEqual([
      1,
      "family works",
      "Hello family!",
      "Hello family!",
    ]);
    await api.whenIn("family-child", "Completed");
  });

  test("keeps the failures that the orchestration went on from", async () => {
    const { output } = await failThenRewind("rewindableRetries", "tried");
    expect(output).toEqual(["tried works", 2]);
  });

  test("tries again what failed among many that ran side by side, and only that", async () => {
    await mend("fine");
    await api.startAs("crowd", "rewindableCrowd", ["bad", "fine", "worse"]);
    await api.whenIn("crowd", "Failed");
    await Promise.all(["bad", "worse"].map(mend));
    expect((await rewind("crowd")).status).toBe(202);
    const { output } = await api.whenIn("crowd", "Completed");
    expect(output).toEqual(["bad works", "fine works", "worse works", 2, 1]);
  });

  test("takes back what was sent on the way out", async () => {
    const input = { key: "loud", counter: "loud" };
    expect(
      await failThenRewind("signalsAndFails", "loud", input),
    ).toMatchObject({ output: "loud works" });
  });

  test("may fail again, and be rewound again", async () => {
    await api.startAs("twice", "rewindable", "twice");
    await api.whenIn("twice", "Failed");
    expect((await rewind("twice")).status).toBe(202);
    await api.whenIn("twice", "Failed");
    await mend("twice");
    expect((await rewind("twice")).status).toBe(202);
    const { output } = await api.whenIn("twice", "Completed");
    expect(output).toEqual([1, "twice works", "Hello twice!"]);
  });

  test("is refused for what is unknown or has not failed", async () => {
    expect(await readResponse(rewind("nobody"))).toEqual({
      status: 404,
      body: "No instance with ID 'nobody' was found.",
    });
    await api.startAs("fine", "helloSequence");
    await api.whenIn("fine", "Completed");
    expect(await readResponse(rewind("fine"))).toEqual({
      status: 412,
      body: 'This orchestration has status Completed, but only orchestrations in the "Failed" state can be rewound.',
    });
  });
});
