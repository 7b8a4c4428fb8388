import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { globSync } from "tinyglobby";
import { settingNames } from "../../src/config/read-config";
import { asText, at, type Value } from "../bicep/reader/value";
import { comingSettings, platformSettings } from "../bicep/platform-settings";

const operations = readFileSync("docs/operations.md", "utf8");
const pages = ["docs/operations.md", "docs/security.md", "docs/cost.md"];
/** Whether the page names it, as code. */
const isNamed = (name: string): boolean => operations.includes(`\`${name}\``);

/** Paths of the values of a JSON document that are no objects. */
const leaves = (value: object, prefix = ""): readonly string[] =>
  Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? leaves(inner, `${prefix}${name}.`)
      : [`${prefix}${name}`],
  );

describe("the operations page", () => {
  test("explains every value of host.json, and none that is not there", () => {
    const keys = leaves(
      JSON.parse(readFileSync("host.json", "utf8")) as object,
    );
    expect(keys.filter((key) => !isNamed(key))).toEqual([]);
    const explained = [
      ...operations.matchAll(
        /`((?:extensions|logging|extensionBundle)\.[\w.]+)`/g,
      ),
    ]
      .map(([, key = ""]) => key)
      .filter((key) => key !== "logging.applicationInsights");
    expect(explained.filter((key) => !keys.includes(key))).toEqual([]);
  });

  test("gives the values that host.json has", () => {
    const hostJson = JSON.parse(readFileSync("host.json", "utf8")) as Value;
    const rows = [
      ...operations.matchAll(/^\| `([\w.]+)` +\| ([^|]+?) +\|.*\|$/gm),
    ].map(([, key = "", said]) => ({ key, said, is: at(hostJson, key) }));
    const valued = rows.filter(({ is }) => typeof is !== "undefined");
    expect(valued.length).toBeGreaterThan(15);
    expect(valued.filter(({ said, is }) => said !== asText(is))).toEqual([]);
  });

  test("gives the defaults that the templates have", () => {
    const defaults = new Map(
      [
        ...readFileSync("bicep/main.bicep", "utf8").matchAll(
          /^param (\w+) \w+ = (.+)$/gm,
        ),
      ].map(([, name = "", value]) => [name, value === "''" ? "none" : value]),
    );
    const rows = [
      ...operations.matchAll(/^\| `(\w+)` +\| [^|]+ \| (.+?) +\|$/gm),
    ].filter(([, name = ""]) => defaults.has(name));
    expect(rows.length).toBe(defaults.size);
    const wrong = rows.filter(
      ([, name = "", said = ""]) =>
        said.replaceAll("`", "") !== defaults.get(name),
    );
    expect(wrong.map(([row]) => row)).toEqual([]);
  });

  test("explains every setting", () => {
    const names = [
      ...settingNames,
      ...Object.keys(platformSettings),
      ...Object.keys(comingSettings),
    ];
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
  });

  test("explains every parameter of the templates", () => {
    const parameters = [
      ...readFileSync("bicep/main.bicep", "utf8").matchAll(/^param (\w+)/gm),
    ].map(([, name = ""]) => name);
    expect(parameters.length).toBeGreaterThan(40);
    expect(parameters.filter((name) => !isNamed(name))).toEqual([]);
  });

  test("has every query as the alerts have it", () => {
    const queries = globSync("bicep/modules/queries/*.kql");
    expect(queries.length).toBeGreaterThan(10);
    const missing = queries.filter(
      (path) =>
        !operations.includes(
          `\`\`\`kusto\n${readFileSync(path, "utf8")}\`\`\``,
        ),
    );
    expect(missing).toEqual([]);
  });

  test("explains every cause that health/ready tells", () => {
    const causes = [
      ...readFileSync("src/triggers/http/health/diagnosis.ts", "utf8").matchAll(
        /^ {2}\| "(\w+)"/gm,
      ),
    ].map(([, name = ""]) => name);
    expect(causes.length).toBeGreaterThan(10);
    expect(causes.filter((name) => !isNamed(name))).toEqual([]);
  });

  test("says what to do about every alert", () => {
    const alerts = [
      ...readFileSync("bicep/modules/alerts.bicep", "utf8").matchAll(
        /^ {4}name: '([\w-]+)'/gm,
      ),
    ].map(([, name = ""]) => name);
    expect(alerts.length).toBeGreaterThan(5);
    expect(alerts.filter((name) => !operations.includes(name))).toEqual([]);
  });
});

test("the workbook has the queries of the alerts", () => {
  const { items } = JSON.parse(
    readFileSync("bicep/modules/workbook.json", "utf8"),
  ) as {
    readonly items: readonly {
      readonly name: string;
      readonly content: { readonly query?: string };
    }[];
  };
  const shown = items.flatMap(({ name, content: { query } }) =>
    query === undefined ? [] : [{ name, query }],
  );
  expect(shown).toEqual(
    shown.map(({ name }) => ({
      name,
      query: readFileSync(`bicep/modules/queries/${name}.kql`, "utf8"),
    })),
  );
  expect(shown.length).toBeGreaterThan(5);
});

test("the security page says where each of the ten practices is done", () => {
  const sections = readFileSync("docs/security.md", "utf8").split(/^### /m);
  const practices = sections.slice(1).map((text) => text.split("\n", 1)[0]);
  expect(practices.map((title = "") => title.replace(/:.*/, ""))).toEqual([
    "1. Managed identity",
    "2. Key Vault",
    "3. Network isolation",
    "4. HTTPS only",
    "5. CORS",
    "6. API keys",
    "7. Logging",
    "8. Access control",
    "9. Encryption",
    "10. Audit",
  ]);
  const unproven = sections
    .slice(1)
    .filter((text) => !/\[\d+(?:[–,] ?\d+)*\]/.test(text));
  expect(unproven.map((text) => text.split("\n", 1)[0])).toEqual([]);
});

describe.each(pages)("%s", (page) => {
  const text = readFileSync(page, "utf8");

  test("names only files that exist", () => {
    const named = [
      ...text.matchAll(
        /`((?:src|test|bicep|scripts|docs|\.github)\/[\w./-]+)`/g,
      ),
    ].map(([, path = ""]) => path);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("links only to pages and headings that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(
      ([, link = ""]) => link,
    );
    const broken = links.filter((link) => {
      const [file = "", heading] = link.split("#");
      const target = file === "" ? page : join(dirname(page), file);
      if (!existsSync(target)) return true;
      return (
        heading !== undefined &&
        !headingsOf(readFileSync(target, "utf8")).includes(heading)
      );
    });
    expect(broken).toEqual([]);
  });
});

const headingsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
