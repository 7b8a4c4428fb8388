import { resolveAppSettings } from "../../core/app-settings";
import {
  type FunctionBinding,
  type ExtensionHost,
  type FunctionMetadata,
  findTrigger,
} from "../../core/extension";
import { describeError } from "../../core/host-error";
import { validateRetryOptions } from "./retry-policy";
import { parseTimerSchedule, type TimerSchedule } from "./schedule";

/** A timer function with its trigger. */
export interface TimerFunction {
  readonly metadata: FunctionMetadata;
  readonly trigger: FunctionBinding;
}

type Given = Pick<ExtensionHost, "functions" | "setting">;

export const findTimerFunctions = ({
  functions,
}: Given): readonly TimerFunction[] =>
  functions.flatMap((metadata) => {
    const trigger = findTrigger(metadata);
    return trigger?.type.toLowerCase() === "timertrigger"
      ? [{ metadata, trigger }]
      : [];
  });

/** Throws an error that says what is wrong with the schedule. */
export const resolveSchedule = (
  trigger: FunctionBinding,
  given: Given,
): TimerSchedule =>
  parseTimerSchedule(resolved(trigger, given).text, timeZoneOf(given));

/** What is wrong with the timers of the app. */
export function validateTimers(given: Given): readonly string[] {
  const timers = findTimerFunctions(given);
  const zone = timers.length > 0 ? zoneProblem(timeZoneOf(given)) : undefined;
  if (zone !== undefined) return [zone];
  return timers.flatMap(({ metadata: { name, retryOptions }, trigger }) =>
    [
      scheduleProblem(trigger, given),
      retryOptions && validateRetryOptions(retryOptions),
    ].flatMap((problem) =>
      problem === undefined ? [] : [`function ${name}: ${problem}`],
    ),
  );
}

/** UTC unless the setting names another. https://learn.microsoft.com/azure/azure-functions/functions-app-settings#website_time_zone */
const timeZoneOf = ({ setting }: Given): string =>
  setting("WEBSITE_TIME_ZONE") ?? "Etc/UTC";

function resolved(trigger: FunctionBinding, { setting }: Given) {
  const schedule = trigger["schedule"];
  return resolveAppSettings(
    typeof schedule === "string" ? schedule : "",
    setting,
  );
}

function scheduleProblem(
  trigger: FunctionBinding,
  given: Given,
): string | undefined {
  const { missing } = resolved(trigger, given);
  if (missing.length > 0)
    return `schedule: the setting ${missing.join(", ")} is not set`;
  try {
    resolveSchedule(trigger, given);
    return undefined;
  } catch (error) {
    return `schedule: ${describeError(error)}`;
  }
}

function zoneProblem(timeZone: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return undefined;
  } catch {
    return `setting WEBSITE_TIME_ZONE: "${timeZone}" is not a time zone; give an IANA name such as Europe/Berlin`;
  }
}
