import { resolve } from "node:path";
import { createDurableTaskClient } from "../../support/durable-task/http-api-client";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const data = createTemporaryFolder();
let host: ListeningProcess;
beforeAll(async () => {
  host = await startHostCommand({
    app: resolve("local-cloud/test/fixtures/large-values"),
    data,
  });
});
afterAll(() => host.stop());

const api = createDurableTaskClient(() => host.url);

/** Lengths of texts in an app whose maxPayloadBytes is 70,000. */
const fits = 65_000;
const tooLarge = 80_000;
const limit = "the limit is 70000 bytes";

/** An orchestrator for each kind of value, and the subject of its error message. */
const values: readonly (readonly [orchestrator: string, subject: string])[] = [
  [
    "output",
    "Orchestrator function 'output' failed: Its output is 80002 bytes",
  ],
  ["activityInput", "The input of activity task 'echo' is 8000"],
  ["activityResult", "Activity function 'textOf' failed: Its result is 80002"],
  ["childInput", "The input of sub-orchestration instance 'done' is 80002"],
  ["childOutput", "Orchestrator function 'output' failed: Its output is 80002"],
  ["entityInput", "The input of message to an entity '@cell@one' is 80002"],
  ["entitySignal", "The input of message to an entity '@cell@one' is 80002"],
  ["nextInput", "The input for continue-as-new is 80011 bytes"],
];

test.each(values)(
  "%s: accepts 65,000 bytes, and fails the orchestration for 80,000 bytes with the name of the value",
  async (name, subject) => {
    await api.startInstance(`${name}-fits`, name, fits);
    await api.whenStatus(`${name}-fits`, "Completed");
    await api.startInstance(`${name}-fails`, name, tooLarge);
    const { output } = await api.whenStatus(`${name}-fails`, "Failed");
    expect(output).toContain(subject);
    expect(output).toContain(limit);
  },
);

test("keeps the state of an entity and fails the call when the new state is over the limit", async () => {
  await api.startInstance("state-fits", "entityState", fits);
  await api.whenStatus("state-fits", "Completed");
  await api.startInstance("state", "entityState", tooLarge);
  const { output } = await api.whenStatus("state", "Completed");
  expect(output).toBe("kept 10");
  expect(host.output()).toContain(
    "The new state of entity @cell@one is 80002 bytes",
  );
});

test("fails the call of an entity whose result or signal is over the limit", async () => {
  for (const name of ["entityResult", "signalFromEntity"]) {
    await api.startInstance(`${name}-fits`, name, fits);
    await api.whenStatus(`${name}-fits`, "Completed");
    await api.startInstance(name, name, tooLarge);
    const { output } = await api.whenStatus(name, "Failed");
    expect(output).toContain(limit);
  }
});

test("runs an orchestration after all rejected values", async () => {
  await api.startInstance("after", "done");
  expect(await api.whenStatus("after", "Completed")).toMatchObject({
    output: "done",
  });
});
