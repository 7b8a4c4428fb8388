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
  readonly keepOrchestratorsInMemory?: boolean;
  /** Whether the app registers an invocation hook. */
  readonly hooks?: boolean;
}

async function startApp({ name, keepOrchestratorsInMemory, hooks }: Settings) {
  const app = join(folder, name);
  mkdirSync(app);
  // Symbolic links, so that `require` finds the packages of this repository.
  for (const file of ["package.json", "functions.js"])
    symlinkSync(join(fixture, file), join(app, file));
  const durableTask = { keepOrchestratorsInMemory };
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
  const readRunCounts = async () =>
    (await (await fetch(`${host.url}/api/runs`)).json()) as Readonly<
      Record<string, number>
    >;
  return { host, readRunCounts, api: createDurableTaskClient(() => host.url) };
}

interface Variant extends Settings {
  /** Number of runs of an orchestrator with five steps, which take six episodes. */
  readonly runsOfFiveSteps: number;
  /** The same for an orchestrator that reads `isReplaying` for the first time in its second episode. */
  readonly runsAfterFlag: number;
}

const variants: readonly Variant[] = [
  // The first run, and the replay that produces the result.
  { name: "default settings", runsOfFiveSteps: 2, runsAfterFlag: 5 },
  {
    name: "orchestrators not kept in memory",
    keepOrchestratorsInMemory: false,
    runsOfFiveSteps: 6,
    runsAfterFlag: 6,
  },
  {
    name: "invocation hooks",
    hooks: true,
    runsOfFiveSteps: 6,
    runsAfterFlag: 6,
  },
];

describe.each(variants)("an app with $name", (settings) => {
  let started: Awaited<ReturnType<typeof startApp>>;
  beforeAll(async () => {
    started = await startApp(settings);
  });

  test("completes an orchestration with the expected number of runs", async () => {
    const { api, readRunCounts, host } = started;
    await api.startInstance("five", "steps");
    expect(await api.whenStatus("five", "Completed")).toMatchObject({
      output: "done",
      customStatus: { step: 4 },
    });
    expect((await readRunCounts())["steps"]).toBe(settings.runsAfterFlag);
    for (let step = 0; step < 5; step += 1)
      expect(host.output().split(`reached step ${step}`)).toHaveLength(2);
    expect(host.output()).not.toContain("Unexpected call to 'log'");
    await api.startInstance("unaware", "withoutFlag");
    await api.whenStatus("unaware", "Completed");
    expect((await readRunCounts())["withoutFlag"]).toBe(
      settings.runsOfFiveSteps,
    );
  });

  test("runs an orchestrator that reads isReplaying once per episode, with the value true for the replayed part", async () => {
    const { api, readRunCounts } = started;
    await api.startInstance("flags", "flags");
    expect(await api.whenStatus("flags", "Completed")).toMatchObject({
      output: [true, true, true, false],
    });
    expect((await readRunCounts())["flags"]).toBe(4);
  });

  test("runs the code that reads isReplaying in the last episode once with the value false", async () => {
    const { api, readRunCounts } = started;
    for (const end of ["return", "throw", "continue"])
      await api.startInstance(`late-${end}`, "lateFlag", { end });
    for (const end of ["return", "continue"])
      expect(await api.whenStatus(`late-${end}`, "Completed")).toMatchObject({
        output: false,
      });
    await api.whenStatus("late-throw", "Failed");
    expect(await readRunCounts()).toMatchObject({
      "new code before return": 2,
      "new code before throw": 1,
      "new code before continue": 1,
    });
  });

  test("delivers entity results, events, timers, activity results, failures and child results", async () => {
    const { api } = started;
    await api.startInstance("all", "mixed");
    await api.whenStatus("all", "Running");
    await api.call("POST", "instances/all/raiseEvent/go", '"went"');
    const { output } = await api.whenStatus("all", "Completed");
    expect(output).toEqual([2, "went", true, ["a", "b"], "caught", "done"]);
  });

  test("continues as new, and fails with the error of the orchestrator", async () => {
    const { api } = started;
    await api.startInstance("three-rounds", "countRounds", 1);
    expect(await api.whenStatus("three-rounds", "Completed")).toMatchObject({
      output: 3,
    });
    await api.startInstance("failing", "throws");
    const { output } = await api.whenStatus("failing", "Failed");
    expect(output).toContain("after two steps");
  });

  test("suspends, resumes and terminates an orchestration", async () => {
    const { api } = started;
    await api.startInstance("paused", "mixed");
    await api.whenStatus("paused", "Running");
    await api.call("POST", "instances/paused/suspend");
    await api.whenStatus("paused", "Suspended");
    await api.call("POST", "instances/paused/raiseEvent/go", '"late"');
    await api.call("POST", "instances/paused/resume");
    const { output } = await api.whenStatus("paused", "Completed");
    expect(output).toContain("late");
    await api.startInstance("ended", "mixed");
    await api.whenStatus("ended", "Running");
    await api.call("POST", "instances/ended/terminate?reason=over");
    await api.whenStatus("ended", "Terminated");
  });

  test("fails an orchestration that schedules a different activity when it is replayed", async () => {
    const { api } = started;
    await api.startInstance("nondeterministic", "nondeterministic");
    const { output } = await api.whenStatus("nondeterministic", "Failed");
    expect(output).toContain("Non-Deterministic workflow detected");
  });
});
