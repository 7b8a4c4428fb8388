import { existsSync, readFileSync } from "node:fs";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { errorMessage } from "../../shared/error-message";
import { HostStartError } from "./host-error";
import { maxTimeoutMs } from "../../shared/time/clock";
import { timeSpanSchema } from "../../shared/time/time-span";
import { formatSchemaIssues } from "./format-schema-issues";
import { applyHostJsonOverrides } from "./host-json-overrides";

/** The fields of host.json that affect this host; others are ignored. https://learn.microsoft.com/azure/azure-functions/functions-host-json */
const hostJsonSchema = z.object({
  version: z.literal("2.0"),
  functionTimeout: z
    .union([timeSpanSchema, z.literal("-1")])
    .default(30 * 60_000),
  extensions: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional(),
});

const customHeadersSchema = z.record(z.string(), z.string()).default({});

export interface HostJson {
  /** Without leading or trailing slashes; may be empty. */
  readonly routePrefix: string;
  /** Headers of every response of the host, by name. */
  readonly customHeaders: Readonly<Record<string, string>>;
  /** Undefined: unlimited. */
  readonly functionTimeoutMs: number | undefined;
  /** `extensions.<name>` with `%SETTING%` replaced. */
  extensionSettings(name: string): Readonly<Record<string, unknown>>;
}

export function readHostJson(
  appFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): HostJson {
  const path = join(appFolder, "host.json");
  const value = applyHostJsonOverrides(
    existsSync(path) ? readJson(path) : { version: "2.0" },
    environment,
  );
  const result = hostJsonSchema.safeParse(value);
  if (!result.success)
    throw new HostStartError(
      "host_json_invalid",
      `${path} is not valid: ${formatSchemaIssues(result.error)}.`,
    );
  const { functionTimeout, extensions = {} } = result.data;
  const extension = (name: string) =>
    substituteSettings(extensions[name] ?? {}, environment);
  const { routePrefix, customHeaders } = extension("http");
  return {
    extensionSettings: extension,
    customHeaders: parseCustomHeaders(path, customHeaders),
    routePrefix:
      typeof routePrefix === "string"
        ? routePrefix.replace(/^\/+|\/+$/g, "")
        : "api",
    functionTimeoutMs:
      functionTimeout === "-1" || functionTimeout > maxTimeoutMs
        ? undefined
        : functionTimeout,
  };
}

function parseCustomHeaders(
  path: string,
  value: unknown,
): HostJson["customHeaders"] {
  try {
    const headers = customHeadersSchema.parse(value);
    for (const [name, text] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, text);
    }
    return headers;
  } catch (cause) {
    throw new HostStartError(
      "host_json_invalid",
      `${path} is not valid: extensions.http.customHeaders must have valid header names with texts as values.`,
      { cause },
    );
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new HostStartError(
      "host_json_invalid",
      `${path} cannot be read: ${errorMessage(cause)}.`,
      { cause },
    );
  }
}

function substituteSettings<Value>(
  value: Value,
  environment: Readonly<Record<string, string | undefined>>,
): Value {
  const text = JSON.stringify(value).replaceAll(
    /%([A-Za-z_][\w]*)%/g,
    (reference, name: string) => {
      const setting = environment[name];
      return setting === undefined
        ? reference
        : JSON.stringify(setting).slice(1, -1);
    },
  );
  return JSON.parse(text) as Value;
}
