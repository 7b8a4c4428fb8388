import fc from "fast-check";
import { parseTimerSchedule } from "../../../../functions-host/extensions/timer/schedule";
import type { ScheduleStatus } from "../../../../functions-host/extensions/timer/schedule-status";
import { TimerListener } from "../../../../functions-host/extensions/timer/timer-listener";
import { InFlight } from "../../../../shared/concurrency/in-flight";
import { VirtualClock } from "../../../../shared/time/virtual-clock";

const hourMs = 3_600_000;
const midnight = Date.parse("2026-11-24T00:00:00Z");

interface Input {
  readonly ScheduleStatus: {
    readonly Last: string;
    readonly Next: string;
    readonly LastUpdated: string;
  } | null;
  readonly IsPastDue: boolean;
}

/** A timer whose status outlives its listeners, as it does a host. */
class World {
  readonly clock: VirtualClock;
  readonly runs: { readonly at: string; readonly input: Input }[] = [];
  readonly underWay = new InFlight();
  status: ScheduleStatus | undefined;
  neverDue = 0;
  /** What a run waits for. */
  work: () => Promise<boolean> = () => Promise.resolve(true);

  constructor(now = midnight) {
    this.clock = new VirtualClock(now);
  }

  start(
    schedule: string,
    { runOnStartup = false, useMonitor = true } = {},
  ): TimerListener {
    const listener = new TimerListener({
      schedule: parseTimerSchedule(schedule, "Etc/UTC"),
      runOnStartup,
      monitor: useMonitor
        ? {
            read: () => this.status,
            write: (status) => {
              this.status = status;
            },
          }
        : undefined,
      clock: this.clock,
      run: ({ json = "" }) => {
        const at = new Date(this.clock.now()).toISOString().slice(0, 19);
        this.runs.push({ at, input: JSON.parse(json) as Input });
        return this.underWay.track(this.work());
      },
      onExhausted: () => {
        this.neverDue += 1;
      },
    });
    listener.start();
    return listener;
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => this.underWay.whenIdle());
  }

  get times(): readonly string[] {
    return this.runs.map(({ at }) => at);
  }
}

describe("a timer", () => {
  test("runs at each of its times and is told when it ran and will run", async () => {
    const world = new World();
    world.start("0 0 9 * * *");
    await world.advance(48 * hourMs);
    expect(world.runs).toEqual([
      {
        at: "2026-11-24T09:00:00",
        input: {
          Schedule: { AdjustForDST: true },
          ScheduleStatus: {
            Last: "0001-01-01T00:00:00",
            Next: "2026-11-24T09:00:00+00:00",
            LastUpdated: "2026-11-24T00:00:00+00:00",
          },
          IsPastDue: false,
        },
      },
      {
        at: "2026-11-25T09:00:00",
        input: {
          Schedule: { AdjustForDST: true },
          ScheduleStatus: {
            Last: "2026-11-24T09:00:00+00:00",
            Next: "2026-11-25T09:00:00+00:00",
            LastUpdated: "2026-11-24T09:00:00+00:00",
          },
          IsPastDue: false,
        },
      },
    ]);
  });

  test("is told of no status when it is not monitored", async () => {
    const world = new World();
    world.start("0 0 9 * * *", { useMonitor: false });
    await world.advance(24 * hourMs);
    expect(world.runs[0]?.input.ScheduleStatus).toBeNull();
    expect(world.status).toBeUndefined();
  });

  test("runs at the start when it is to, and then on schedule", async () => {
    const world = new World();
    world.start("0 0 9 * * *", { runOnStartup: true });
    await world.advance(10 * hourMs);
    expect(world.times).toEqual(["2026-11-24T00:00:00", "2026-11-24T09:00:00"]);
    expect(world.runs[0]?.input.IsPastDue).toBe(false);
  });

  test("makes up for all that was missed with one run, which is told so", async () => {
    const world = new World();
    world.start("0 0 9 * * *").stop();
    await world.advance(5 * 24 * hourMs);
    world.start("0 0 9 * * *", { runOnStartup: true });
    await world.advance(10 * hourMs);
    expect(world.times).toEqual(["2026-11-29T00:00:00", "2026-11-29T09:00:00"]);
    expect(world.runs.map(({ input }) => input.IsPastDue)).toEqual([
      true,
      false,
    ]);
  });

  test("runs again what was cut off, as past due", async () => {
    const world = new World();
    world.work = () => Promise.resolve(false);
    world.start("0 0 9 * * *");
    await world.advance(9 * hourMs);
    world.work = () => Promise.resolve(true);
    await world.advance(hourMs);
    world.start("0 0 9 * * *");
    await world.advance(0);
    expect(world.runs.map(({ input }) => input.IsPastDue)).toEqual([
      false,
      true,
    ]);
  });

  test("a changed schedule has missed nothing", async () => {
    const world = new World();
    world.start("0 0 9 * * *").stop();
    await world.advance(5 * 24 * hourMs);
    world.start("0 0 8 * * *");
    await world.advance(9 * hourMs);
    expect(world.times).toEqual(["2026-11-29T08:00:00"]);
    expect(world.runs[0]?.input.IsPastDue).toBe(false);
  });

  test("leaves out what falls due while it runs", async () => {
    const world = new World();
    let end: (done: boolean) => void = () => undefined;
    world.work = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    world.start("0 0 * * * *");
    // The run is not awaited here: it goes on while time passes.
    await world.clock.advance(3.5 * hourMs, () => Promise.resolve());
    expect(world.times).toEqual(["2026-11-24T01:00:00"]);
    world.work = () => Promise.resolve(true);
    end(true);
    await world.advance(hourMs);
    expect(world.times).toEqual(["2026-11-24T01:00:00", "2026-11-24T04:00:00"]);
  });

  test("tells that it will not run again", () => {
    const world = new World();
    world.start("0 0 0 30 2 *");
    expect(world.neverDue).toBe(1);
  });

  test("runs no occurrence twice and none between two that follow, however it is stopped and started", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            upMs: fc.integer({ min: 1, max: 4 * hourMs }),
            downMs: fc.integer({ min: 0, max: 4 * hourMs }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (lives) => {
          const world = new World(midnight + 1);
          const schedule = parseTimerSchedule("0 */20 * * * *", "Etc/UTC");
          const expected: string[] = [];
          let awaited = schedule.next(world.clock.now()) ?? NaN;
          for (const { upMs, downMs } of lives) {
            const from = world.clock.now();
            const until = from + upMs;
            let time = from;
            if (awaited < from) {
              expected.push(new Date(from).toISOString().slice(0, 19));
              awaited = schedule.next(from) ?? NaN;
            }
            while ((time = schedule.next(time) ?? NaN) <= until) {
              expected.push(new Date(time).toISOString().slice(0, 19));
              awaited = schedule.next(time) ?? NaN;
            }
            const listener = world.start("0 */20 * * * *");
            await world.advance(upMs);
            listener.stop();
            await world.advance(downMs);
          }
          expect(world.times).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });
});
