import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../set-up.mjs";
import { hostJsonDescriptions } from "./host-json.mjs";

const require = createRequire(import.meta.url);
const compiled = (path) => require(join(root, "dist", path));
const source = (path) => readFileSync(join(root, path), "utf8");
const code = (text) => `\`${text}\``;

/** The Markdown of every generated region, by its name; the function gets the rest of the region's mark. */
export const generators = {
  settings,
  errors,
  routes,
  metrics,
  "log-events": logEvents,
  "host-json": hostJson,
  "platform-differences": platformDifferences,
  "template-parameters": templateParameters,
  query: (name) =>
    `\`\`\`kusto\n${source(`bicep/modules/queries/${name}.kql`)}\`\`\``,
};

function settings() {
  const { z } = require("zod");
  const { settingsSchema } = compiled("src/config/read-config");
  const { properties } = z.toJSONSchema(settingsSchema, { io: "input" });
  return Object.entries(properties)
    .map(([name, { description, default: value }]) => {
      if (description === undefined)
        throw new Error(`src/config: describe the setting ${name}.`);
      const suffix = value === undefined ? "" : ` (default ${code(value)})`;
      return `- ${code(name)}${suffix}: ${description}`;
    })
    .join("\n");
}

function errors() {
  const { AosError, errorDescriptions, isRetryable } =
    compiled("src/domain/errors");
  const { problemResponse } = compiled("src/http/problem-response");
  return Object.entries(errorDescriptions)
    .map(([name, description]) => {
      const { status } = problemResponse(new AosError(name, ""), "");
      const retryable = isRetryable({ code: name }) ? ", retryable" : "";
      return `- ${code(name)} (${status}${retryable}): ${description}`;
    })
    .join("\n");
}

/** Registers the routes with a recorder in the position of the Functions host. */
function routes() {
  const registered = [];
  withFunctionsCore(
    {
      version: "4",
      setProgrammingModel: () => undefined,
      registerHook: () => ({ dispose: () => undefined }),
      registerFunction: ({ name, bindings }) => {
        const trigger = Object.values(bindings).find(
          ({ type }) => type === "httpTrigger",
        );
        if (trigger) registered.push({ ...trigger, name });
      },
    },
    () => {
      const { registerHttpRoutes } = compiled("src/http/register-http-routes");
      registerHttpRoutes({ healthDependencies: [], now: () => new Date() });
    },
  );
  const { routeDescriptions } = compiled("src/http/route-descriptions");
  const rows = registered.map(({ name, methods, route, authLevel }) => {
    if (routeDescriptions[name] === undefined)
      throw new Error(`src/http/route-descriptions.ts: describe ${name}.`);
    return `| ${code(`${methods.join(", ").toUpperCase()} /api/${route}`)} | ${authLevel} | ${routeDescriptions[name]} |`;
  });
  return ["| route | level | purpose |", "| - | - | - |", ...rows].join("\n");
}

function withFunctionsCore(core, run) {
  const { Module } = require("node:module");
  const load = Module._load;
  Module._load = (id, ...rest) =>
    id === "@azure/functions-core" ? core : load(id, ...rest);
  try {
    run();
  } finally {
    Module._load = load;
  }
}

/** Creates the instruments with a recorder in the position of the meter provider. */
function metrics() {
  const rows = [];
  const record =
    (type) =>
    (name, { unit, description }) => {
      rows.push(`| ${code(name)} | ${type} | ${code(unit)} | ${description} |`);
      return {};
    };
  require("@opentelemetry/api").metrics.setGlobalMeterProvider({
    getMeter: () => ({
      createCounter: record("counter"),
      createHistogram: record("histogram"),
    }),
  });
  compiled("src/telemetry/metrics/instruments").getInstruments();
  return [
    "| metric | type | unit | description |",
    "| - | - | - | - |",
    ...rows.sort(),
  ].join("\n");
}

function logEvents() {
  const { logEventFields } = compiled("src/telemetry/log/log-event");
  return Object.entries(logEventFields)
    .map(
      ([event, [level, ...fields]]) =>
        `- ${code(event)} (${level}): ${fields.map((field) => code(field)).join(", ")}`,
    )
    .join("\n");
}

function hostJson() {
  const values = [...leavesOf(JSON.parse(source("host.json")))];
  const used = new Set();
  const lines = values.map(([path, value]) => {
    const key = Object.keys(hostJsonDescriptions).find(
      (each) =>
        each === path ||
        (each.endsWith(".*") && path.startsWith(each.slice(0, -1))),
    );
    if (key === undefined)
      throw new Error(
        `host.json: describe ${path} in scripts/reference/host-json.mjs.`,
      );
    used.add(key);
    return `- ${code(path)} (${code(value)}): ${hostJsonDescriptions[key]}`;
  });
  const unused = Object.keys(hostJsonDescriptions).filter(
    (key) => !used.has(key),
  );
  if (unused.length > 0)
    throw new Error(
      `scripts/reference/host-json.mjs describes ${unused.join(", ")}, which host.json does not contain.`,
    );
  return lines.join("\n");
}

function* leavesOf(value, prefix = "") {
  for (const [name, inner] of Object.entries(value))
    if (typeof inner === "object" && inner !== null)
      yield* leavesOf(inner, `${prefix}${name}.`);
    else yield [prefix + name, inner];
}

/** The rows of one module of `local-cloud/differences`. */
function platformDifferences(area) {
  const [rows] = Object.values(
    require(join(root, "local-cloud/dist/differences", area)),
  );
  return [
    "| case | Azure | local | kind |",
    "| - | - | - | - |",
    ...Object.values(rows).map(
      ({ case: when, azure, local, kind }) =>
        `| ${when} | ${azure} | ${local} | ${kind} |`,
    ),
  ].join("\n");
}

function templateParameters() {
  const lines = [];
  let description = "";
  let allowed = [];
  let inAllowed = false;
  for (const line of source("bicep/main.bicep").split("\n")) {
    const described = /^@description\('(.*)'\)$/.exec(line);
    if (described) description = described[1].replaceAll("\\'", "'");
    if (/^@allowed\(\[$/.test(line)) inAllowed = true;
    else if (inAllowed && /^\]\)$/.test(line)) inAllowed = false;
    else if (inAllowed) allowed.push(line.trim().replaceAll("'", ""));
    const parameter = /^param (\w+) (\w+)(?: = (.+))?$/.exec(line);
    if (!parameter) continue;
    const [, name, type, value] = parameter;
    lines.push(
      `- ${code(name)} (${type}, ${defaultText(value)}): ${description}` +
        (allowed.length > 0
          ? ` One of ${allowed.map((each) => code(each)).join(", ")}.`
          : ""),
    );
    description = "";
    allowed = [];
  }
  return lines.join("\n");
}

const defaultText = (value) => {
  if (value === undefined) return "required";
  return value === "''" ? "empty" : `default ${code(value)}`;
};
