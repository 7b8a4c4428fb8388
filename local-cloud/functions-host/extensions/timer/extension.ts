import { join } from "node:path";
import { errorMessage } from "../../../shared/error-message";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { type Clock, systemClock } from "../../../shared/time/clock";
import { drain } from "../../core/drain";
import type {
  Extension,
  ExtensionHost,
  TriggeredFunction,
} from "../../core/extension";
import { runTimer } from "./run-timer";
import { isSubMinuteSchedule } from "./schedule";
import { openScheduleStatusFiles } from "./schedule-status-files";
import {
  findTimerFunctions,
  resolveSchedule,
  validateTimers,
} from "./timer-functions";
import { type ScheduleStatusStore, TimerListener } from "./timer-listener";

export interface TimerExtension extends Extension {
  /** Resolves when no timer function runs. A function that waits for its retry does not run. */
  whenIdle(): Promise<void>;
}

interface Timer {
  readonly listener: TimerListener;
  runNow(): void;
}

/** Runs the timer functions of the app; keeps their schedule status in the folder `timers` of the data folder. */
export function timerExtension(
  clock: Clock = systemClock,
  random: () => number = Math.random,
): TimerExtension {
  const inFlight = new InFlight();
  const stopping = new AbortController();
  const timers = new Map<string, Timer>();

  const createTimer = (
    { metadata, trigger }: TriggeredFunction,
    host: ExtensionHost,
  ): Timer => {
    const context = { host, clock, random, inFlight, stop: stopping.signal };
    const schedule = resolveSchedule(trigger, host);
    // As on Azure, the status of a timer that runs more than once a minute is not kept.
    const isMonitored =
      trigger["useMonitor"] !== false &&
      !isSubMinuteSchedule(schedule, clock.now());
    const listener = new TimerListener({
      schedule,
      runOnStartup: trigger["runOnStartup"] === true,
      monitor: isMonitored ? openStatusStore(metadata.name, host) : undefined,
      clock,
      run: (input) => runTimer(metadata, input, context),
      onExhausted: () => {
        host.log(
          "warning",
          `Function ${metadata.name} will not run again: its schedule has no more occurrences.`,
        );
      },
    });
    const runNow = (): void => {
      void runTimer(metadata, listener.createInput(), context);
    };
    return { listener, runNow };
  };

  return {
    name: "timers",
    triggers: ["timerTrigger"],
    validate: validateTimers,
    start: (host) => {
      for (const timer of findTimerFunctions(host))
        timers.set(timer.metadata.name.toLowerCase(), createTimer(timer, host));
      return Promise.resolve();
    },
    listen: () => {
      for (const { listener } of timers.values()) listener.start();
    },
    invokeManually: (functionName) => {
      const timer = timers.get(functionName.toLowerCase());
      timer?.runNow();
      return timer !== undefined;
    },
    whenIdle: () => inFlight.whenIdle(),
    stopListening: async () => {
      stopping.abort();
      for (const { listener } of timers.values()) listener.stop();
      await drain(inFlight);
    },
    stop: () => Promise.resolve(),
  };
}

/** Logs a status that cannot be read or written; the timer then runs without it. */
function openStatusStore(
  name: string,
  host: ExtensionHost,
): ScheduleStatusStore {
  const files = openScheduleStatusFiles(join(host.dataFolder, "timers"));
  const logErrors = <Result>(access: () => Result): Result | undefined => {
    try {
      return access();
    } catch (error) {
      host.log(
        "error",
        `The schedule status of timer ${name} cannot be read or written: ${errorMessage(error)}`,
      );
      return undefined;
    }
  };
  return {
    read: () => logErrors(() => files.read(name)),
    write: (status) => {
      logErrors(() => {
        files.write(name, status);
      });
    },
  };
}
