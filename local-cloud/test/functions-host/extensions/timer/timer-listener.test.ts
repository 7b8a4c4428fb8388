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

/** A timer whose status outlives its listeners, as it outlives restarts of a host. */
class TimerFixture {
  readonly clock: VirtualClock;
  readonly runs: { readonly at: string; readonly input: Input }[] = [];
  readonly inFlight = new InFlight();
  status: ScheduleStatus | undefined;
  exhaustedCount = 0;
  /** Each run waits for its result. */
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
        return this.inFlight.track(this.work());
      },
      onExhausted: () => {
        this.exhaustedCount += 1;
      },
    });
    listener.start();
    return listener;
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => this.inFlight.whenIdle());
  }

  get times(): readonly string[] {
    return this.runs.map(({ at }) => at);
  }
}

describe("a timer", () => {
  test("runs at each occurrence with its last and next occurrence", async () => {
    const timer = new TimerFixture();
    timer.start("0 0 9 * * *");
    await timer.advance(48 * hourMs);
    expect(timer.runs).toEqual([
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

  test("receives no status when it is not monitored", async () => {
    const timer = new TimerFixture();
    timer.start("0 0 9 * * *", { useMonitor: false });
    await timer.advance(24 * hourMs);
    expect(timer.runs[0]?.input.ScheduleStatus).toBeNull();
    expect(timer.status).toBeUndefined();
  });

  test("runs at the start with runOnStartup, and then on schedule", async () => {
    const timer = new TimerFixture();
    timer.start("0 0 9 * * *", { runOnStartup: true });
    await timer.advance(10 * hourMs);
    expect(timer.times).toEqual(["2026-11-24T00:00:00", "2026-11-24T09:00:00"]);
    expect(timer.runs[0]?.input.IsPastDue).toBe(false);
  });

  test("runs once as past due for all missed occurrences", async () => {
    const timer = new TimerFixture();
    timer.start("0 0 9 * * *").stop();
    await timer.advance(5 * 24 * hourMs);
    timer.start("0 0 9 * * *", { runOnStartup: true });
    await timer.advance(10 * hourMs);
    expect(timer.times).toEqual(["2026-11-29T00:00:00", "2026-11-29T09:00:00"]);
    expect(timer.runs.map(({ input }) => input.IsPastDue)).toEqual([
      true,
      false,
    ]);
  });

  test("repeats an interrupted run as past due", async () => {
    const timer = new TimerFixture();
    timer.work = () => Promise.resolve(false);
    timer.start("0 0 9 * * *");
    await timer.advance(9 * hourMs);
    timer.work = () => Promise.resolve(true);
    await timer.advance(hourMs);
    timer.start("0 0 9 * * *");
    await timer.advance(0);
    expect(timer.runs.map(({ input }) => input.IsPastDue)).toEqual([
      false,
      true,
    ]);
  });

  test("counts no occurrence as missed after a change of the schedule", async () => {
    const timer = new TimerFixture();
    timer.start("0 0 9 * * *").stop();
    await timer.advance(5 * 24 * hourMs);
    timer.start("0 0 8 * * *");
    await timer.advance(9 * hourMs);
    expect(timer.times).toEqual(["2026-11-29T08:00:00"]);
    expect(timer.runs[0]?.input.IsPastDue).toBe(false);
  });

  test("skips occurrences during a run", async () => {
    const timer = new TimerFixture();
    let end: (done: boolean) => void = () => undefined;
    timer.work = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    timer.start("0 0 * * * *");
    // Does not wait for the run, which continues while time passes.
    await timer.clock.advance(3.5 * hourMs, () => Promise.resolve());
    expect(timer.times).toEqual(["2026-11-24T01:00:00"]);
    timer.work = () => Promise.resolve(true);
    end(true);
    await timer.advance(hourMs);
    expect(timer.times).toEqual(["2026-11-24T01:00:00", "2026-11-24T04:00:00"]);
  });

  test("calls onExhausted when the schedule has no more occurrences", () => {
    const timer = new TimerFixture();
    timer.start("0 0 0 30 2 *");
    expect(timer.exhaustedCount).toBe(1);
  });

  test("runs each due occurrence exactly once across any sequence of stops and starts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            upMs: fc.integer({ min: 1, max: 4 * hourMs }),
            downMs: fc.integer({ min: 0, max: 4 * hourMs }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (periods) => {
          const timer = new TimerFixture(midnight + 1);
          const schedule = parseTimerSchedule("0 */20 * * * *", "Etc/UTC");
          const expected: string[] = [];
          let nextDue = schedule.next(timer.clock.now()) ?? NaN;
          for (const { upMs, downMs } of periods) {
            const from = timer.clock.now();
            const until = from + upMs;
            let time = from;
            if (nextDue < from) {
              expected.push(new Date(from).toISOString().slice(0, 19));
              nextDue = schedule.next(from) ?? NaN;
            }
            while ((time = schedule.next(time) ?? NaN) <= until) {
              expected.push(new Date(time).toISOString().slice(0, 19));
              nextDue = schedule.next(time) ?? NaN;
            }
            const listener = timer.start("0 */20 * * * *");
            await timer.advance(upMs);
            listener.stop();
            await timer.advance(downMs);
          }
          expect(timer.times).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });
});
