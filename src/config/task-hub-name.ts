import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { describeHubNameProblem } from "../domain/storage-names";
import type { RawSettings, SettingProblem } from "./setting-problem";

const prefix = "AzureFunctionsJobHost__extensions__durableTask__";
const hubNameSetting = `${prefix}hubName` as const;

export const taskHubSettings = {
  [hubNameSetting]: z
    .string()
    .optional()
    .describe(
      "Name of the task hub, which overrides the name in host.json: 3 to 45 letters and digits, starting with a letter.",
    ),
};

/** Problems of the name in the settings, or else in host.json. Only a hub in Azure Storage shares names with the app. */
export function findTaskHubProblems(
  appFolder: string,
  raw: RawSettings,
): readonly SettingProblem[] {
  const { hubName, storageProvider } = readDurableTaskSettings(appFolder);
  const provider =
    raw[`${prefix}storageProvider__type`] ?? storageProvider?.type;
  const override = raw[hubNameSetting];
  const name = override ?? hubName;
  if (name === undefined || !/^AzureStorage$/i.test(provider ?? "AzureStorage"))
    return [];
  const message = describeHubNameProblem(resolveReferences(name, raw));
  if (message === undefined) return [];
  const setting =
    override === undefined
      ? "extensions.durableTask.hubName in host.json"
      : hubNameSetting;
  return [{ setting, message }];
}

const resolveReferences = (text: string, raw: RawSettings): string =>
  text.replaceAll(
    /%([^%\s]+)%/g,
    (reference, name: string) => raw[name] ?? reference,
  );

const durableTaskSchema = z.object({
  hubName: z.string().optional(),
  storageProvider: z.object({ type: z.string().optional() }).optional(),
});
const hostJsonSchema = z.object({
  extensions: z.object({ durableTask: durableTaskSchema }),
});

/** Empty when host.json cannot be read, which the host reports. */
function readDurableTaskSettings(
  appFolder: string,
): z.output<typeof durableTaskSchema> {
  try {
    const text = readFileSync(join(appFolder, "host.json"), "utf8");
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return hostJsonSchema.parse(value).extensions.durableTask;
  } catch {
    return {};
  }
}
