import { readFileSync } from "node:fs";
import { storageQueueSettingsSchema } from "../../local-cloud/functions-host/extensions/storage-queue/settings";
import { serviceBusSettingsSchema } from "../../local-cloud/functions-host/extensions/service-bus/settings";
import { parseTimeSpanMs } from "../../local-cloud/shared/time/time-span";

const page = "docs/reference/functions-host.md";
const text = readFileSync(page, "utf8");

/** Returns the settings in the section with this heading, with the default that the table shows. */
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
      const cell = documented.get(name)?.replaceAll("`", "") ?? "";
      const isDerived = /^(?:half a batch|same as tryTimeout|)$/.test(cell);
      if (isDerived) continue; // Another setting determines this default.
      const documentedValue = parseTimeSpanMs(cell) ?? cell;
      expect(`${name}: ${documentedValue}`).toBe(`${name}: ${String(value)}`);
    }
  },
);
