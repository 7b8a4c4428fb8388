import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { attributeNames, metricNames } from "../../src/telemetry/conventions";
import { logEventFields } from "../../src/telemetry/log/log-event";

const queries = globSync("bicep/modules/queries/*.kql").map((path) => ({
  path,
  text: readFileSync(path, "utf8"),
}));
const attributes: readonly string[] = Object.values(attributeNames);
const logFields = new Set(
  Object.values(logEventFields).flatMap(([, ...fields]) => [
    "event",
    ...fields,
  ]),
);

const attributesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:gen_ai|aos|server|error)\.[a-z_]+[a-z_.]*\b/g)].map(
    ([name]) => name,
  );

const logFieldsIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?:line|parse_json\(message\))\["(\w+)"\]/g)].map(
    ([, field = ""]) => field,
  );

test("queries use only span attributes that the app exports", () => {
  expect(attributesIn(queries.map(({ text }) => text).join("\n"))).toContain(
    attributeNames.inputTokens,
  );
  const unknown = queries.flatMap(({ path, text }) =>
    attributesIn(text)
      .filter((name) => !attributes.includes(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test("queries use only fields that log events have", () => {
  expect(logFieldsIn(queries.map(({ text }) => text).join("\n"))).toContain(
    "orchestrationId",
  );
  const unknown = queries.flatMap(({ path, text }) =>
    logFieldsIn(text)
      .filter((field) => !logFields.has(field))
      .map((field) => `${path}: ${field}`),
  );
  expect(unknown).toEqual([]);
});

test("the telemetry reference lists every span attribute and metric attribute", () => {
  const page = readFileSync("docs/reference/telemetry.md", "utf8");
  const unlisted = attributes.filter((name) => !page.includes(`\`${name}\``));
  const known = [...attributes, ...Object.values(metricNames)];
  const unknown = attributesIn(page).filter((name) => !known.includes(name));
  expect({ unlisted, unknown }).toEqual({ unlisted: [], unknown: [] });
});
