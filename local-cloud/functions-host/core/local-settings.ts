import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { HostStartError } from "./host-error";
import { formatSchemaIssues } from "./format-schema-issues";

const localSettingsSchema = z.object({
  Values: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional(),
});

/** The `Values` of local.settings.json; empty when the file does not exist. */
export function readLocalSettings(
  appFolder: string,
): Readonly<Record<string, string>> {
  const path = join(appFolder, "local.settings.json");
  if (!existsSync(path)) return {};
  try {
    const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    const { Values = {} } = localSettingsSchema.parse(JSON.parse(text));
    return Object.fromEntries(
      Object.entries(Values).map(([name, value]) => [name, String(value)]),
    );
  } catch (cause) {
    throw new HostStartError(
      "local_settings_invalid",
      `${path} cannot be read: ${formatSchemaIssues(cause)}.`,
      { cause },
    );
  }
}
