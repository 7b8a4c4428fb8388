import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { storageQueueSettingsSchema } from "../../local-cloud/functions-host/extensions/storage-queue/settings";
import { serviceBusSettingsSchema } from "../../local-cloud/functions-host/extensions/service-bus/settings";
import { parseTimeSpanMs } from "../../local-cloud/shared/time/time-span";

const page = "docs/functions-host.md";
const text = readFileSync(page, "utf8");

/** What the page says of the settings of an extension: each with its default. */
const told = (heading: string): ReadonlyMap<string, string> => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.matchAll(/^\| `(\w+)` +\| ([^|]*?) +\|/gm);
  return new Map([...rows].map(([, name = "", value = ""]) => [name, value]));
};

test.each([
  ["Storage queues", storageQueueSettingsSchema.parse({})],
  ["Service Bus", serviceBusSettingsSchema.parse({})],
])(
  "the page has the settings of %s with their defaults",
  (heading, settings) => {
    const page = told(heading);
    expect([...page.keys()].sort()).toEqual(Object.keys(settings).sort());
    for (const [name, value] of Object.entries(settings)) {
      const written = page.get(name)?.replaceAll("`", "") ?? "";
      const isWords = /^(?:half a batch|as tryTimeout|)$/.test(written);
      if (isWords) continue;
      const shown = parseTimeSpanMs(written) ?? written;
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
