import { join } from "node:path";
import { type Clock, systemClock } from "../../../shared/time/clock";
import { InFlight } from "../../../shared/concurrency/in-flight";
import type { Extension, ExtensionHost } from "../../core/extension";
import { drain } from "../../core/drain";
import { describeError } from "../../core/host-error";
import { runTimer } from "./run-timer";
import { isSubMinuteSchedule } from "./schedule";
import { openScheduleStatusFiles } from "./schedule-status-files";
import {
  resolveSchedule,
  findTimerFunctions,
  type TimerFunction,
  validateTimers,
} from "./timer-functions";
import { type ScheduleStatusStore, TimerListener } from "./timer-listener";

export interface TimerExtension extends Extension {
  /** Resolves when no timer function runs. One that waits for its retry does not run. */
  whenIdle(): Promise<void>;
}

interface Timer {
  readonly listener: TimerListener;
  runNow(): void;
}

/** Runs the timer functions of the app by `clock`; their status is kept in the folder `timers` of the data folder. */
export function timerExtension(
  clock: Clock = systemClock,
  random: () => number = Math.random,
): TimerExtension {
  const underWay = new InFlight();
  const stopping = new AbortController();
  const timers = new Map<string, Timer>();

  const timer = (
    { metadata, trigger }: TimerFunction,
    host: ExtensionHost,
  ): Timer => {
    const runner = {
      host,
      clock,
      random,
      inFlight: underWay,
      stop: stopping.signal,
    };
    const schedule = resolveSchedule(trigger, host);
    const isMonitored =
      trigger["useMonitor"] !== false &&
      !isSubMinuteSchedule(schedule, clock.now());
    const listener = new TimerListener({
      schedule,
      runOnStartup: trigger["runOnStartup"] === true,
      monitor: isMonitored ? statusStore(metadata.name, host) : undefined,
      clock,
      run: (input) => runTimer(metadata, input, runner),
      onExhausted: () => {
        host.log(
          "warning",
          `Function ${metadata.name} will not run again: its schedule has no more occurrences.`,
        );
      },
    });
    const runNow = (): void => {
      void runTimer(metadata, listener.input(), runner);
    };
    return { listener, runNow };
  };

  return {
    name: "timers",
    triggers: ["timerTrigger"],
    validate: validateTimers,
    start: (host) => {
      for (const found of findTimerFunctions(host))
        timers.set(found.metadata.name.toLowerCase(), timer(found, host));
      return Promise.resolve();
    },
    listen: () => {
      for (const { listener } of timers.values()) listener.start();
    },
    invokeManually: (functionName) => {
      const found = timers.get(functionName.toLowerCase());
      found?.runNow();
      return found !== undefined;
    },
    whenIdle: () => underWay.whenIdle(),
    stopListening: async () => {
      stopping.abort();
      for (const { listener } of timers.values()) listener.stop();
      await drain(underWay);
    },
    stop: () => Promise.resolve(),
  };
}

/** A status that cannot be read or written is told of; the timer runs on without it. */
function statusStore(name: string, host: ExtensionHost): ScheduleStatusStore {
  const files = openScheduleStatusFiles(join(host.dataFolder, "timers"));
  const told = <Result>(act: () => Result): Result | undefined => {
    try {
      return act();
    } catch (error) {
      host.log(
        "error",
        `The status of timer ${name} cannot be kept: ${describeError(error)}`,
      );
      return undefined;
    }
  };
  return {
    read: () => told(() => files.read(name)),
    write: (status) => {
      told(() => {
        files.write(name, status);
      });
    },
  };
}
