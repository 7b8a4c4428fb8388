import { withAppSettings } from "../app-settings";
import {
  type Binding,
  type ExtensionHost,
  type FunctionMetadata,
  triggerOf,
} from "../extension";
import { messageOf } from "../host-error";
import { retryProblem } from "./retries";
import { readSchedule, type Schedule } from "./schedule";

/** A timer function with its trigger. */
export interface TimerFunction {
  readonly metadata: FunctionMetadata;
  readonly trigger: Binding;
}

type Given = Pick<ExtensionHost, "functions" | "setting">;

export const timerFunctions = ({
  functions,
}: Given): readonly TimerFunction[] =>
  functions.flatMap((metadata) => {
    const trigger = triggerOf(metadata);
    return trigger?.type.toLowerCase() === "timertrigger"
      ? [{ metadata, trigger }]
      : [];
  });

/** Throws an error that says what is wrong with the schedule. */
export const scheduleOf = (trigger: Binding, given: Given): Schedule =>
  readSchedule(resolved(trigger, given).text, timeZoneOf(given));

/** What is wrong with the timers of the app. */
export function timerProblems(given: Given): readonly string[] {
  const timers = timerFunctions(given);
  const zone = timers.length > 0 ? zoneProblem(timeZoneOf(given)) : undefined;
  if (zone !== undefined) return [zone];
  return timers.flatMap(({ metadata: { name, retryOptions }, trigger }) =>
    [
      scheduleProblem(trigger, given),
      retryOptions && retryProblem(retryOptions),
    ].flatMap((problem) =>
      problem === undefined ? [] : [`function ${name}: ${problem}`],
    ),
  );
}

/** UTC unless the setting names another. https://learn.microsoft.com/azure/azure-functions/functions-app-settings#website_time_zone */
const timeZoneOf = ({ setting }: Given): string =>
  setting("WEBSITE_TIME_ZONE") ?? "Etc/UTC";

function resolved(trigger: Binding, { setting }: Given) {
  const schedule = trigger["schedule"];
  return withAppSettings(typeof schedule === "string" ? schedule : "", setting);
}

function scheduleProblem(trigger: Binding, given: Given): string | undefined {
  const { missing } = resolved(trigger, given);
  if (missing.length > 0)
    return `schedule: the setting ${missing.join(", ")} is not set`;
  try {
    scheduleOf(trigger, given);
    return undefined;
  } catch (error) {
    return `schedule: ${messageOf(error)}`;
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
