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
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../../../support/cli/cloud-process";
import { createScratchApps } from "../../../support/functions-host/scratch-app";

const app = resolve("local-cloud/test/fixtures/timers");
const scratch = createTemporaryFolder();
const appOf = createScratchApps();

interface Note {
  readonly name: string;
  readonly timer?: {
    readonly schedule: unknown;
    readonly scheduleStatus: Readonly<Record<string, string>> | null;
    readonly isPastDue: boolean;
  };
  readonly retryContext?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

/** A data folder and the file in which the timers of the app leave notes. */
function newPlace() {
  const data = mkdtempSync(join(scratch, "data-"));
  const file = join(data, "notes");
  const notes = (name: string): readonly Note[] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Note)
          .filter((note) => note.name === name)
      : [];
  const whenNoted = (name: string, count = 1) =>
    eventually(() => {
      const found = notes(name);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return Promise.resolve(found);
    });
  const env = { NOTES: file, DAILY: "0 0 3 * * *", STUBBORN: inTwelveHours() };
  return { data, notes, whenNoted, env };
}

/** Every day at a time that is far from now: with its retries it falls into the middle of any day that begins now. */
function inTwelveHours(): string {
  const time = new Date(Date.now() + 12 * 3_600_000);
  return `0 ${time.getUTCMinutes()} ${time.getUTCHours()} * * *`;
}

describe("timers of an app in virtual time", () => {
  test("run when a day has passed, and wait no real time for their retries", async () => {
    const { data, env, notes } = newPlace();
    await using cloud = await startLocalCloud({ app, data, env });
    await cloud.advance(0);
    expect(notes("startup")).toEqual([
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
    expect(notes("daily")).toHaveLength(1);
    expect(notes("daily")[0]?.timer?.scheduleStatus).toMatchObject({
      last: "0001-01-01T00:00:00",
      next: expect.stringMatching(/T03:00:00\+00:00$/) as string,
    });
    const tries = notes("stubborn").map(({ retryContext }) => retryContext);
    expect(tries).toMatchObject([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, exception: { message: "not today" } },
      { retryCount: 2, exception: { message: "not today" } },
    ]);
    await cloud.advance("2 days");
    expect(notes("daily")).toHaveLength(3);
    expect(notes("stubborn")).toHaveLength(9);
  });

  test("follow the time zone of the setting", async () => {
    const place = newPlace();
    const env = { ...place.env, WEBSITE_TIME_ZONE: "Asia/Kolkata" };
    await using cloud = await startLocalCloud({ app, data: place.data, env });
    await cloud.advance("1 day");
    const [note] = place.notes("daily");
    expect(note?.timer?.scheduleStatus?.["next"]).toMatch(/T21:30:00\+00:00$/);
  });
});

describe("timers of a host", () => {
  test("that is killed while one runs are run again at the next start, as past due", async () => {
    const { data, env, whenNoted } = newPlace();
    // What is awaited is set back by an hour, as if a host had been down for so long.
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
      await whenNoted("daily");
      await host.kill();
    }
    await using host = await startHostCommand({ app, data, env: everyMinute });
    const runs = await whenNoted("daily", 2);
    expect(runs.map(({ timer }) => timer?.isPastDue).slice(0, 2)).toEqual([
      true,
      true,
    ]);
    expect(host.output()).not.toContain("error");
  });

  test("that run more often than every minute are run by the clock, without a status", async () => {
    const { data, env, whenNoted } = newPlace();
    const often = { ...env, DAILY: "* * * * * *" };
    await using host = await startHostCommand({ app, data, env: often });
    const runs = await whenNoted("daily", 2);
    expect(runs[1]?.timer).toMatchObject({
      scheduleStatus: null,
      isPastDue: false,
    });
    expect(existsSync(join(data, "timers", "daily.json"))).toBe(false);
    expect(await host.stop()).toBe(0);
  });

  test("run when they are asked to by hand, with the master key", async () => {
    const { data, env, whenNoted } = newPlace();
    const args = ["--auth"];
    await using host = await startHostCommand({ app, data, env, args });
    const { masterKey } = JSON.parse(
      readFileSync(join(data, "keys.json"), "utf8"),
    ) as { masterKey: string };
    const ask = async (name: string, body: string, key = masterKey) => {
      const url = `${host.url}/admin/functions/${name}`;
      const headers = { "x-functions-key": key };
      const asked = await fetch(url, { method: "POST", headers, body });
      return asked.status;
    };
    expect(await ask("starter", "{}", "wrong")).toBe(401);
    expect(await ask("nobody", '{ "input": "" }')).toBe(404);
    expect(await ask("starter", "{")).toBe(400);
    expect(await ask("STARTER", '{ "input": "test" }')).toBe(202);
    expect(await whenNoted("starter")).toEqual([
      { name: "starter", hub: "object" },
    ]);
  });
});

test("an app whose timers cannot run says at its start all that is wrong", async () => {
  const folder = appOf({
    "index.js": `const { app } = require("@azure/functions");
      const handler = () => {};
      app.timer("one", { schedule: "every day", handler });
      app.timer("two", { schedule: "%TWO%", handler });
      app.timer("three", { schedule: "0 0 0 * * *", retry: { strategy: "fixedDelay", maxRetryCount: 1 }, handler });`,
  });
  const data = mkdtempSync(join(scratch, "data-"));
  const args = ["host", "--app", folder, "--data", data, "--port", "0"];
  const { exited, output } = spawnCommand(args);
  expect(await exited).toBe(1);
  expect(output()).toBe(
    'The app asks for what cannot be given: function one: schedule: "every day" is not a schedule: give six fields "{second} {minute} {hour} {day} {month} {day-of-week}"; function two: schedule: the setting TWO is not set; function three: retry.delayInterval: must be given with fixedDelay.\n',
  );
});
