import { errorMessage } from "../../../shared/error-message";
import { resolveAppSettings } from "../../core/app-settings";
import {
  type ExtensionHost,
  findFunctionsByTrigger,
  type FunctionBinding,
  type TriggeredFunction,
} from "../../core/extension";
import { describeFunctionProblems } from "../../core/function-problems";
import { validateRetryOptions } from "./retry-policy";
import { parseTimerSchedule, type TimerSchedule } from "./schedule";

type AppContext = Pick<ExtensionHost, "functions" | "setting">;

export const findTimerFunctions = (
  app: AppContext,
): readonly TriggeredFunction[] => findFunctionsByTrigger(app, "timerTrigger");

/** Throws when the schedule is not valid. */
export const resolveSchedule = (
  trigger: FunctionBinding,
  app: AppContext,
): TimerSchedule =>
  parseTimerSchedule(scheduleText(trigger, app).text, timeZoneOf(app));

/** Error messages for the timer functions of the app. */
export function validateTimers(app: AppContext): readonly string[] {
  const timers = findTimerFunctions(app);
  const problem =
    timers.length > 0 ? validateTimeZone(timeZoneOf(app)) : undefined;
  if (problem !== undefined) return [problem];
  return timers.flatMap(({ metadata: { name, retryOptions }, trigger }) =>
    describeFunctionProblems(name, [
      validateSchedule(trigger, app),
      retryOptions && validateRetryOptions(retryOptions),
    ]),
  );
}

/** https://learn.microsoft.com/azure/azure-functions/functions-app-settings#website_time_zone */
const timeZoneOf = ({ setting }: AppContext): string =>
  setting("WEBSITE_TIME_ZONE") ?? "Etc/UTC";

function scheduleText(trigger: FunctionBinding, { setting }: AppContext) {
  const schedule = trigger["schedule"];
  return resolveAppSettings(
    typeof schedule === "string" ? schedule : "",
    setting,
  );
}

function validateSchedule(
  trigger: FunctionBinding,
  app: AppContext,
): string | undefined {
  const { missing } = scheduleText(trigger, app);
  if (missing.length > 0)
    return `schedule: the setting ${missing.join(", ")} is not set`;
  try {
    resolveSchedule(trigger, app);
    return undefined;
  } catch (error) {
    return `schedule: ${errorMessage(error)}`;
  }
}

function validateTimeZone(timeZone: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return undefined;
  } catch {
    return `setting WEBSITE_TIME_ZONE: "${timeZone}" is not a time zone; use an IANA name such as Europe/Berlin`;
  }
}
