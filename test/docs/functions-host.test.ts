import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { queueSettings } from "../../src/local/functions-host/storage-queue/settings";
import { serviceBusSettings } from "../../src/local/functions-host/service-bus/settings";
import { timeSpanMs } from "../../src/local/functions-host/time-span";

const page = "docs/functions-host.md";
const text = readFileSync(page, "utf8");

/** What the page says of the settings of an extension: each with its default. */
const told = (heading: string): ReadonlyMap<string, string> => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.matchAll(/^\| `(\w+)` +\| ([^|]*?) +\|/gm);
  return new Map([...rows].map(([, name = "", value = ""]) => [name, value]));
};

test.each([
  ["Storage queues", queueSettings.parse({})],
  ["Service Bus", serviceBusSettings.parse({})],
])(
  "the page has the settings of %s with their defaults",
  (heading, settings) => {
    const page = told(heading);
    expect([...page.keys()].sort()).toEqual(Object.keys(settings).sort());
    for (const [name, value] of Object.entries(settings)) {
      const written = page.get(name)?.replaceAll("`", "") ?? "";
      const isWords = /^(?:half a batch|as tryTimeout|)$/.test(written);
      if (isWords) continue;
      const shown = timeSpanMs(written) ?? written;
      expect(`${name}: ${shown}`).toBe(`${name}: ${String(value)}`);
    }
  },
);

test("the page links only to pages that exist", () => {
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)];
  expect(links.length).toBeGreaterThan(1);
  const missing = links.filter(
    ([, link = ""]) => !existsSync(join(dirname(page), link)),
  );
  expect(missing).toEqual([]);
});
