import { join } from "node:path";
import { type Clock, systemClock } from "../../scheduling/clock";
import { UnderWay } from "../../scheduling/under-way";
import type { Extension, ExtensionHost } from "../extension";
import { ended } from "../grace";
import { messageOf } from "../host-error";
import { runTimer } from "./run-timer";
import { isFrequent } from "./schedule";
import { statusFiles } from "./status-files";
import {
  scheduleOf,
  timerFunctions,
  type TimerFunction,
  timerProblems,
} from "./timer-functions";
import { type StatusStore, TimerListener } from "./timer-listener";

export interface TimerTriggers extends Extension {
  /** Resolves when no timer function runs. One that waits for its retry does not run. */
  whenIdle(): Promise<void>;
}

interface Timer {
  readonly listener: TimerListener;
  runNow(): void;
}

/** Runs the timer functions of the app by `clock`; their status is kept in the folder `timers` of the data folder. */
export function timerTriggers(
  clock: Clock = systemClock,
  random: () => number = Math.random,
): TimerTriggers {
  const underWay = new UnderWay();
  const stopping = new AbortController();
  const timers = new Map<string, Timer>();

  const timer = (
    { metadata, trigger }: TimerFunction,
    host: ExtensionHost,
  ): Timer => {
    const runner = { host, clock, random, underWay, stop: stopping.signal };
    const schedule = scheduleOf(trigger, host);
    const isMonitored =
      trigger["useMonitor"] !== false && !isFrequent(schedule, clock.now());
    const listener = new TimerListener({
      schedule,
      runOnStartup: trigger["runOnStartup"] === true,
      monitor: isMonitored ? statusStore(metadata.name, host) : undefined,
      clock,
      run: (input) => runTimer(metadata, input, runner),
      onNeverDue: () => {
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
    problems: timerProblems,
    start: (host) => {
      for (const found of timerFunctions(host))
        timers.set(found.metadata.name.toLowerCase(), timer(found, host));
      return Promise.resolve();
    },
    listen: () => {
      for (const { listener } of timers.values()) listener.start();
    },
    runByHand: (functionName) => {
      const found = timers.get(functionName.toLowerCase());
      found?.runNow();
      return found !== undefined;
    },
    whenIdle: () => underWay.atRest(),
    stopListening: async () => {
      stopping.abort();
      for (const { listener } of timers.values()) listener.stop();
      await ended(underWay);
    },
    stop: () => Promise.resolve(),
  };
}

/** A status that cannot be read or written is told of; the timer runs on without it. */
function statusStore(name: string, host: ExtensionHost): StatusStore {
  const files = statusFiles(join(host.dataFolder, "timers"));
  const told = <Result>(act: () => Result): Result | undefined => {
    try {
      return act();
    } catch (error) {
      host.log(
        "error",
        `The status of timer ${name} cannot be kept: ${messageOf(error)}`,
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
