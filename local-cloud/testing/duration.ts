import { TestKitError } from "./test-kit-error";

const msByUnit = {
  ms: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const;
type Unit = Exclude<keyof typeof msByUnit, "ms">;

/** Milliseconds, or a number and a unit: `3 days`. */
export type Duration =
  number | `${number} ms` | `${number} ${Unit}` | `${number} ${Unit}s`;

/** Throws `TestKitError`. */
export function durationToMs(duration: Duration): number {
  const ms = typeof duration === "number" ? duration : parseMs(duration);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw new TestKitError(
    "duration_invalid",
    `${JSON.stringify(duration)} is not a duration: use milliseconds, or a number that is not negative and one of ${Object.keys(msByUnit).join(", ")}, for example "3 days".`,
  );
}

function parseMs(text: string): number {
  const [, count, unit = ""] =
    /^(\d+(?:\.\d+)?) (ms|[a-z]+?)s?$/.exec(text) ?? [];
  return Object.hasOwn(msByUnit, unit)
    ? Number(count) * msByUnit[unit as keyof typeof msByUnit]
    : NaN;
}
