import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AosError } from "../domain/errors";
import {
  collectUnresolvedReferences,
  findKeyVaultReferences,
  serviceOfSetting,
  type UnresolvedReferences,
} from "./key-vault-references";
import {
  type ModelConfig,
  modelSettings,
  resolveModelConfig,
} from "./model-settings";
import {
  resolveServiceBusConfig,
  type ServiceBusConfig,
  serviceBusSettings,
} from "./service-bus-settings";
import {
  defaultReportsFolder,
  describeReportsFolderProblem,
} from "./reports-folder";
import {
  firstProblemPerSetting,
  omitBlankSettings,
  omitSettings,
  type RawSettings,
  type SettingProblem,
} from "./setting-problem";
import {
  resolveStorageConfig,
  type StorageConfig,
  storageSettings,
  usedStorageSettings,
} from "./storage-settings";
import { findTaskHubProblems, taskHubSettings } from "./task-hub-name";
import {
  resolveTelemetryConfig,
  type TelemetryConfig,
  telemetrySettings,
} from "./telemetry-settings";

export interface AppConfig {
  readonly storage: StorageConfig;
  /** The names of the settings behind `storage`. */
  readonly storageSettings: readonly string[];
  readonly model: ModelConfig;
  /** Absent: the app has no Service Bus triggers and sends no messages. */
  readonly serviceBus?: ServiceBusConfig;
  /** How many days after its start an ended orchestration stays in the task hub. */
  readonly hubRetentionDays: number;
  readonly documentsFolder: string;
  readonly reportsFolder: string;
  /** Absent: no telemetry is exported. */
  readonly telemetry?: TelemetryConfig;
  readonly unresolved: UnresolvedReferences;
}

/** @public docs/reference/settings.md is generated from it. */
export const settingsSchema = z.object({
  ...storageSettings,
  ...serviceBusSettings,
  ...taskHubSettings,
  ...modelSettings,

  AOS_HUB_RETENTION_DAYS: z.coerce
    .number({ error: "must be a number of days" })
    .int({ error: "must be a whole number of days" })
    .min(1, { error: "must be at least 1" })
    .default(30)
    .describe(
      "Days after its start that an ended orchestration stays in the task hub. A timer purges older ones at 03:00 UTC; rows and payloads of AOS are kept.",
    ),

  AOS_DOCUMENTS_FOLDER: z
    .string()
    .default("samples/document-review")
    .describe("Folder that the tools of the sample read, relative to the app."),
  AOS_REPORTS_FOLDER: z
    .string()
    .optional()
    .describe(
      "Folder that the tools of the sample write, outside the app. Default: `aos/reports` in the folder for temporary files.",
    ),

  ...telemetrySettings,
});
type Settings = z.output<typeof settingsSchema>;

/** Every setting that AOS reads. */
export const settingNames: readonly string[] = Object.keys(
  settingsSchema.shape,
);

/**
 * Throws `configuration_invalid` with all problems. An unresolved Key Vault reference is a problem only when the entire
 * app depends on it.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): AppConfig {
  const raw = omitBlankSettings(env);
  const references = findKeyVaultReferences(raw);
  const parsed = settingsSchema.safeParse(omitSettings(raw, references));
  const invalid = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    setting: path.join("."),
    message,
  }));
  const problems: SettingProblem[] = [
    ...references.filter(
      ({ setting }) =>
        settingNames.includes(setting) &&
        serviceOfSetting(setting) === undefined,
    ),
    ...invalid,
  ];
  // Omits invalid settings, so that conflicts between the remaining settings are reported as well.
  const resolved = settingsSchema.parse(
    omitSettings(raw, [...references, ...invalid]),
  );
  const settings: Settings = { ...resolved, ...pickSecrets(raw, references) };
  const storage = resolveStorageConfig(settings, problems);
  const model = resolveModelConfig(settings, problems);
  const serviceBus = resolveServiceBusConfig(settings, problems);
  const appFolder = findAppFolder(raw);
  const reportsFolder = resolveReportsFolder(appFolder, resolved, problems);
  problems.push(...findTaskHubProblems(appFolder, raw));
  if (problems.length > 0)
    throw configurationInvalid([...references, ...problems]);
  if (storage === undefined || model === undefined)
    throw configurationInvalid(problems);
  const telemetry = resolveTelemetryConfig(resolved);
  const services = {
    storage,
    model,
    ...(serviceBus !== undefined && { serviceBus }),
  };
  return {
    ...services,
    storageSettings: usedStorageSettings(settings),
    ...(telemetry !== undefined && { telemetry }),
    hubRetentionDays: resolved.AOS_HUB_RETENTION_DAYS,
    documentsFolder: resolve(appFolder, resolved.AOS_DOCUMENTS_FOLDER),
    reportsFolder,
    unresolved: collectUnresolvedReferences(raw, references, services),
  };
}

function resolveReportsFolder(
  appFolder: string,
  { AOS_REPORTS_FOLDER = defaultReportsFolder() }: Settings,
  problems: SettingProblem[],
): string {
  const folder = resolve(appFolder, AOS_REPORTS_FOLDER);
  const message = describeReportsFolderProblem(appFolder, folder);
  if (message !== undefined)
    problems.push({ setting: "AOS_REPORTS_FOLDER", message });
  return folder;
}

/** Returns the settings of services that are unresolved references, unparsed: the schema would reject the references. */
const pickSecrets = (
  raw: RawSettings,
  references: readonly SettingProblem[],
): Partial<Settings> =>
  Object.fromEntries(
    references
      .filter(({ setting }) => serviceOfSetting(setting) !== undefined)
      .map(({ setting }) => [setting, raw[setting]]),
  );

const configurationInvalid = (problems: readonly SettingProblem[]): AosError =>
  new AosError(
    "configuration_invalid",
    `The configuration is not valid. Correct these settings and start again:\n${firstProblemPerSetting(
      problems,
    )
      .map(({ setting, message }) => `  ${setting} ${message}`)
      .join("\n")}`,
  );

/** The app folder of the Functions host, otherwise the nearest folder with a host.json at or above the working directory. */
function findAppFolder({ AzureWebJobsScriptRoot }: RawSettings): string {
  if (AzureWebJobsScriptRoot !== undefined)
    return resolve(AzureWebJobsScriptRoot);
  const start = process.cwd();
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "host.json"))) return folder;
    if (dirname(folder) === folder) return start;
  }
}
