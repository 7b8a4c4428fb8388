import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createDurableTaskClient } from "../../support/durable-task/http-api-client";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const fixture = resolve("local-cloud/test/fixtures/extended-sessions");
const folder = createTemporaryFolder();
const hosts: ListeningProcess[] = [];
afterAll(() => Promise.all(hosts.map((host) => host.stop())));

interface Settings {
  readonly name: string;
  readonly extendedSessionsEnabled?: boolean;
  readonly hooks?: boolean;
}

async function startWith({ name, extendedSessionsEnabled, hooks }: Settings) {
  const app = join(folder, name);
  mkdirSync(app);
  // Linked, so that they find the project's packages.
  for (const file of ["package.json", "functions.js"])
    symlinkSync(join(fixture, file), join(app, file));
  const durableTask = { extendedSessionsEnabled };
  writeFileSync(
    join(app, "host.json"),
    JSON.stringify({ version: "2.0", extensions: { durableTask } }),
  );
  const host = await startHostCommand({
    app,
    data: join(folder, `${name}-data`),
    env: hooks ? { WITH_HOOKS: "1" } : {},
  });
  hosts.push(host);
  const runs = async () =>
    (await (await fetch(`${host.url}/api/runs`)).json()) as Readonly<
      Record<string, number>
    >;
  return { host, runs, api: createDurableTaskClient(() => host.url) };
}

/** Five steps take six episodes. */
const settings: readonly (Settings & { readonly runsOfFiveSteps: number })[] = [
  // The first run, and the replay that the result is taken from.
  { name: "usual", runsOfFiveSteps: 2 },
  { name: "off", extendedSessionsEnabled: false, runsOfFiveSteps: 6 },
  { name: "hooks", hooks: true, runsOfFiveSteps: 6 },
];

describe.each(settings)("an app with sessions: $name", (given) => {
  let started: Awaited<ReturnType<typeof startWith>>;
  beforeAll(async () => {
    started = await startWith(given);
  });

  test("its orchestrations come to the same end, by as few runs as may be", async () => {
    const { api, runs, host } = started;
    await api.startAs("five", "steps");
    expect(await api.whenIn("five", "Completed")).toMatchObject({
      output: "done",
      customStatus: { step: 4 },
    });
    expect((await runs())["steps"]).toBe(given.runsOfFiveSteps);
    for (let step = 0; step < 5; step += 1)
      expect(host.output().split(`reached step ${step}`)).toHaveLength(2);
    expect(host.output()).not.toContain("Unexpected call to 'log'");
  });

  test("what they wait for reaches them, whatever it is", async () => {
    const { api } = started;
    await api.startAs("all", "mixed");
    await api.whenIn("all", "Running");
    await api.call("POST", "instances/all/raiseEvent/go", '"went"');
    const { output } = await api.whenIn("all", "Completed");
    expect(output).toEqual([2, "went", true, ["a", "b"], "caught", "done"]);
  });

  test("they continue as new, and fail, as ever", async () => {
    const { api } = started;
    await api.startAs("rounds", "again", 1);
    expect(await api.whenIn("rounds", "Completed")).toMatchObject({
      output: 3,
    });
    await api.startAs("failing", "throws");
    const { output } = await api.whenIn("failing", "Failed");
    expect(output).toContain("after two steps");
  });

  test("they are suspended, resumed and terminated between two steps", async () => {
    const { api } = started;
    await api.startAs("paused", "mixed");
    await api.whenIn("paused", "Running");
    await api.call("POST", "instances/paused/suspend");
    await api.whenIn("paused", "Suspended");
    await api.call("POST", "instances/paused/raiseEvent/go", '"late"');
    await api.call("POST", "instances/paused/resume");
    const { output } = await api.whenIn("paused", "Completed");
    expect(output).toContain("late");
    await api.startAs("ended", "mixed");
    await api.whenIn("ended", "Running");
    await api.call("POST", "instances/ended/terminate?reason=over");
    await api.whenIn("ended", "Terminated");
  });

  test("one that asks for something else when it is replayed is failed", async () => {
    const { api } = started;
    await api.startAs("fickle", "fickle");
    const { output } = await api.whenIn("fickle", "Failed");
    expect(output).toContain("Non-Deterministic workflow detected");
  });
});
