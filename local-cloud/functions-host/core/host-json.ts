import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { HostStartError, describeError } from "./host-error";
import { formatSchemaIssues } from "./format-schema-issues";

const timeSpan = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?$/;

/** host.json, as far as the embedded host heeds it; the rest is accepted. https://learn.microsoft.com/azure/azure-functions/functions-host-json */
const hostJsonSchema = z.object({
  version: z.literal("2.0"),
  functionTimeout: z
    .union([z.string().regex(timeSpan), z.literal("-1")])
    .optional(),
  extensions: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional(),
});

export interface HostJson {
  /** First part of every route; may be empty. */
  readonly routePrefix: string;
  /** Milliseconds; undefined means without limit. */
  readonly functionTimeoutMs: number | undefined;
  /** `extensions.<name>` with `%SETTING%` replaced. */
  extensionSettings(name: string): Readonly<Record<string, unknown>>;
}

export function readHostJson(
  appFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): HostJson {
  const path = join(appFolder, "host.json");
  const value = existsSync(path) ? parse(path) : { version: "2.0" };
  const result = hostJsonSchema.safeParse(value);
  if (!result.success)
    throw new HostStartError(
      "host_json_invalid",
      `${path} is not valid: ${formatSchemaIssues(result.error)}.`,
    );
  const { functionTimeout, extensions = {} } = result.data;
  const extension = (name: string) =>
    withSettings(extensions[name] ?? {}, environment);
  const { routePrefix } = extension("http");
  return {
    extensionSettings: extension,
    routePrefix:
      typeof routePrefix === "string"
        ? routePrefix.replace(/^\/+|\/+$/g, "")
        : "api",
    functionTimeoutMs: timeoutMs(functionTimeout),
  };
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new HostStartError(
      "host_json_invalid",
      `${path} cannot be read: ${describeError(cause)}.`,
      { cause },
    );
  }
}

/** A timer that is set for longer fires at once. */
const longestTimerMs = 2 ** 31 - 1;

function timeoutMs(text = "00:30:00"): number | undefined {
  const [, days = 0, hours, minutes, seconds] = timeSpan.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const total =
    ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 +
    Number(seconds);
  return total * 1000 <= longestTimerMs ? total * 1000 : undefined;
}

function withSettings<Value>(
  value: Value,
  environment: Readonly<Record<string, string | undefined>>,
): Value {
  const text = JSON.stringify(value).replaceAll(
    /%([A-Za-z_][\w]*)%/g,
    (whole, name: string) => {
      const setting = environment[name];
      return setting === undefined
        ? whole
        : JSON.stringify(setting).slice(1, -1);
    },
  );
  return JSON.parse(text) as Value;
}
