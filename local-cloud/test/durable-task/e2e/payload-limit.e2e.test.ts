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

/** The app allows 70,000 bytes of JSON. */
const fits = 65_000;
const tooLarge = 80_000;
const limit = "70000 are the limit";

/** Where a value can be too large, and what the reason names. */
const places: readonly (readonly [orchestrator: string, named: string])[] = [
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

test.each(places)(
  "%s: a large value passes, one over the limit fails the orchestration and is named",
  async (name, named) => {
    await api.startAs(`${name}-fits`, name, fits);
    await api.whenIn(`${name}-fits`, "Completed");
    await api.startAs(`${name}-fails`, name, tooLarge);
    const { output } = await api.whenIn(`${name}-fails`, "Failed");
    expect(output).toContain(named);
    expect(output).toContain(limit);
  },
);

test("an entity keeps its state when the new one is over the limit, and the caller is told", async () => {
  await api.startAs("state-fits", "entityState", fits);
  await api.whenIn("state-fits", "Completed");
  await api.startAs("state", "entityState", tooLarge);
  const { output } = await api.whenIn("state", "Completed");
  expect(output).toBe("kept 10");
  expect(host.output()).toContain(
    "The new state of entity @cell@one is 80002 bytes",
  );
});

test("a result and a signal of an entity over the limit fail the call", async () => {
  for (const name of ["entityResult", "signalFromEntity"]) {
    await api.startAs(`${name}-fits`, name, fits);
    await api.whenIn(`${name}-fits`, "Completed");
    await api.startAs(name, name, tooLarge);
    const { output } = await api.whenIn(name, "Failed");
    expect(output).toContain(limit);
  }
});

test("the host serves on after all of it", async () => {
  await api.startAs("after", "done");
  expect(await api.whenIn("after", "Completed")).toMatchObject({
    output: "done",
  });
});
