import { readFileSync } from "node:fs";
import { storageQueueSettingsSchema } from "../../local-cloud/functions-host/extensions/storage-queue/settings";
import { serviceBusSettingsSchema } from "../../local-cloud/functions-host/extensions/service-bus/settings";
import { parseTimeSpanMs } from "../../local-cloud/shared/time/time-span";

const page = "docs/reference/functions-host.md";
const text = readFileSync(page, "utf8");

/** The settings of an extension in the page, with their defaults. */
const documentedSettings = (heading: string): ReadonlyMap<string, string> => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.matchAll(/^\| `(\w+)` +\| ([^|]*?) +\|/gm);
  return new Map([...rows].map(([, name = "", value = ""]) => [name, value]));
};

test.each([
  ["Storage queues", storageQueueSettingsSchema.parse({})],
  ["Service Bus", serviceBusSettingsSchema.parse({})],
])(
  "functions-host.md lists the settings of %s with their defaults",
  (heading, settings) => {
    const documented = documentedSettings(heading);
    expect([...documented.keys()].sort()).toEqual(Object.keys(settings).sort());
    for (const [name, value] of Object.entries(settings)) {
      const written = documented.get(name)?.replaceAll("`", "") ?? "";
      const isWords = /^(?:half a batch|as tryTimeout|)$/.test(written);
      if (isWords) continue;
      const shown = parseTimeSpanMs(written) ?? written;
      expect(`${name}: ${shown}`).toBe(`${name}: ${String(value)}`);
    }
  },
);
