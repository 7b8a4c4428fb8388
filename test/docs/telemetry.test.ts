import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { metricNames, attributeNames } from "../../src/telemetry/conventions";
import { logEventFields } from "../../src/telemetry/log/log-event";

const page = readFileSync("docs/operations.md", "utf8");
const section =
  page.split(/^## /m).find((each) => each.startsWith("Telemetry")) ?? "";
const queries = globSync("bicep/modules/queries/*.kql").map((path) => ({
  path,
  text: readFileSync(path, "utf8"),
}));

const attributes: readonly string[] = Object.values(attributeNames);
const metrics: readonly string[] = Object.values(metricNames);
const fields = new Set(
  Object.values(logEventFields).flatMap(([, ...field]) => ["event", ...field]),
);
/** Names of ours, or of the conventions, that a text has. */
const namedIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:gen_ai|aos|server|error)\.[a-z_]+[a-z_.]*\b/g)].map(
    ([name]) => name,
  );

describe("the operations page", () => {
  test("has every attribute and every measure, and none that is not told", () => {
    const told = [...attributes, ...metrics];
    expect(told.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
    expect(namedIn(section).filter((name) => !told.includes(name))).toEqual([]);
  });

  test("has every event of the log, with its level and fields", () => {
    const rows = [
      ...section.matchAll(
        /^\| `(\w+\.\w+)` +\| (info|warn|error) +\| (.+?) +\|$/gm,
      ),
    ].map(([, event = "", level = "", listed = ""]) => [
      event,
      [level, ...listed.split(", ").map((field) => field.replaceAll("`", ""))],
    ]);
    expect(Object.fromEntries(rows)).toEqual(logEventFields);
  });
});

test("queries ask for attributes and fields of the log that there are", () => {
  const asked = queries.flatMap(({ path, text }) => [
    ...namedIn(text)
      .filter((name) => !attributes.includes(name))
      .map((name) => `${path}: ${name}`),
    ...[...text.matchAll(/(?:line|parse_json\(message\))\["(\w+)"\]/g)]
      .filter(([, field = ""]) => !fields.has(field))
      .map(([, field]) => `${path}: ${field}`),
  ]);
  expect(asked).toEqual([]);
  const text = queries.map((query) => query.text).join("\n");
  expect(namedIn(text)).toContain(attributeNames.inputTokens);
  expect(text).toContain('parse_json(message)["orchestrationId"]');
});
