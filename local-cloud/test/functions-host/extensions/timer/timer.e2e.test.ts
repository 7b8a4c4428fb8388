import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { startLocalCloud } from "../../../../testing";
import { eventually } from "../../../support/shared/eventually";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../../support/cli/cloud-process";
import { runFailingHost } from "../../../support/functions-host/failing-host";
import { createScratchApps } from "../../../support/functions-host/scratch-app";

const app = resolve("local-cloud/test/fixtures/timers");
const scratch = createTemporaryFolder();
const createApp = createScratchApps();

interface LogEntry {
  readonly name: string;
  readonly timer?: {
    readonly schedule: unknown;
    readonly scheduleStatus: Readonly<Record<string, string>> | null;
    readonly isPastDue: boolean;
  };
  readonly retryContext?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Creates a data folder with the file to which the timers of the app write log entries. */
function createTimerData() {
  const data = mkdtempSync(join(scratch, "data-"));
  const file = join(data, "log");
  const readLog = (name: string): readonly LogEntry[] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as LogEntry)
          .filter((entry) => entry.name === name)
      : [];
  const waitForEntries = (name: string, count = 1) =>
    eventually(() => {
      const found = readLog(name);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found;
    });
  const env = {
    LOG_FILE: file,
    DAILY: "0 0 3 * * *",
    FAILING: inTwelveHours(),
  };
  return { data, readLog, waitForEntries, env };
}

/** A daily schedule in twelve hours, so that its retries fit into any day that starts now. */
function inTwelveHours(): string {
  const time = new Date(Date.now() + 12 * 3_600_000);
  return `0 ${time.getUTCMinutes()} ${time.getUTCHours()} * * *`;
}

describe("timers of an app in virtual time", () => {
  test("run when a day has passed, with retries that take no real time", async () => {
    const { data, env, readLog } = createTimerData();
    await using cloud = await startLocalCloud({ app, data, env });
    await cloud.advance(0);
    expect(readLog("startup")).toEqual([
      {
        name: "startup",
        timer: {
          schedule: { adjustForDST: true },
          scheduleStatus: null,
          isPastDue: false,
        },
      },
    ]);
    await cloud.advance("1 day");
    expect(readLog("daily")).toHaveLength(1);
    expect(readLog("daily")[0]?.timer?.scheduleStatus).toMatchObject({
      last: "0001-01-01T00:00:00",
      next: expect.stringMatching(/T03:00:00\+00:00$/) as string,
    });
    const tries = readLog("failing").map(({ retryContext }) => retryContext);
    expect(tries).toMatchObject([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, exception: { message: "always fails" } },
      { retryCount: 2, exception: { message: "always fails" } },
    ]);
    await cloud.advance("2 days");
    expect(readLog("daily")).toHaveLength(3);
    expect(readLog("failing")).toHaveLength(9);
  });

  test("use the time zone of WEBSITE_TIME_ZONE", async () => {
    const timerData = createTimerData();
    const env = { ...timerData.env, WEBSITE_TIME_ZONE: "Asia/Kolkata" };
    await using cloud = await startLocalCloud({
      app,
      data: timerData.data,
      env,
    });
    await cloud.advance("1 day");
    const [entry] = timerData.readLog("daily");
    expect(entry?.timer?.scheduleStatus?.["next"]).toMatch(/T21:30:00\+00:00$/);
  });
});

describe("timers of a host", () => {
  test("repeat a run as past due after the host was killed during it", async () => {
    const { data, env, waitForEntries } = createTimerData();
    // The next occurrence is an hour ago, as if the host had been stopped since.
    const hourAgo = Math.floor(Date.now() / 60_000 - 60) * 60_000;
    const iso = (time: number) => new Date(time).toISOString();
    const status = {
      last: iso(hourAgo - 60_000),
      next: iso(hourAgo),
      lastUpdated: iso(hourAgo - 60_000),
    };
    mkdirSync(join(data, "timers"));
    writeFileSync(join(data, "timers", "daily.json"), JSON.stringify(status));
    const everyMinute = { ...env, DAILY: "0 * * * * *" };
    {
      const hangs = { ...everyMinute, DAILY_ENDS: "never" };
      await using host = await startHostCommand({ app, data, env: hangs });
      await waitForEntries("daily");
      await host.kill();
    }
    await using host = await startHostCommand({ app, data, env: everyMinute });
    const runs = await waitForEntries("daily", 2);
    expect(runs.map(({ timer }) => timer?.isPastDue).slice(0, 2)).toEqual([
      true,
      true,
    ]);
    expect(host.output()).not.toContain("error");
  });

  test("that run more than once a minute have no status", async () => {
    const { data, env, waitForEntries } = createTimerData();
    const often = { ...env, DAILY: "* * * * * *" };
    await using host = await startHostCommand({ app, data, env: often });
    const runs = await waitForEntries("daily", 2);
    expect(runs[1]?.timer).toMatchObject({
      scheduleStatus: null,
      isPastDue: false,
    });
    expect(existsSync(join(data, "timers", "daily.json"))).toBe(false);
    expect(await host.stop()).toBe(0);
  });

  test("run on an admin request with the master key", async () => {
    const { data, env, waitForEntries } = createTimerData();
    const args = ["--auth"];
    await using host = await startHostCommand({ app, data, env, args });
    const { masterKey } = JSON.parse(
      readFileSync(join(data, "keys.json"), "utf8"),
    ) as { masterKey: string };
    const invoke = async (name: string, body: string, key = masterKey) => {
      const url = `${host.url}/admin/functions/${name}`;
      const headers = { "x-functions-key": key };
      const response = await fetch(url, { method: "POST", headers, body });
      return response.status;
    };
    expect(await invoke("starter", "{}", "wrong")).toBe(401);
    expect(await invoke("unknown", '{ "input": "" }')).toBe(404);
    expect(await invoke("starter", "{")).toBe(400);
    expect(await invoke("STARTER", '{ "input": "test" }')).toBe(202);
    expect(await waitForEntries("starter")).toEqual([
      { name: "starter", hub: "object" },
    ]);
  });
});

test("an app with invalid timers fails to start with all problems", async () => {
  const folder = createApp({
    "index.js": `const { app } = require("@azure/functions");
      const handler = () => {};
      app.timer("one", { schedule: "every day", handler });
      app.timer("two", { schedule: "%TWO%", handler });
      app.timer("three", { schedule: "0 0 0 * * *", retry: { strategy: "fixedDelay", maxRetryCount: 1 }, handler });`,
  });
  const { code, output } = await runFailingHost({
    app: folder,
    data: mkdtempSync(join(scratch, "data-")),
  });
  expect(code).toBe(1);
  expect(output).toBe(
    'The configuration of the app is not valid: function one: schedule: "every day" is not a schedule: use six fields "{second} {minute} {hour} {day} {month} {day-of-week}"; function two: schedule: the setting TWO is not set; function three: retry.delayInterval: is required with fixedDelay.',
  );
});
