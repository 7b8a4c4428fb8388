import { availableParallelism } from "node:os";
import { z } from "zod";

/** As on Azure: 10 per core. */
const defaultConcurrency = 10 * availableParallelism();

/** One of `names`, case-insensitive like a .NET enumeration. */
const oneOf = <const Name extends string>(
  names: readonly Name[],
  whenAbsent: Name,
) =>
  z
    .string()
    .default(whenAbsent)
    .transform((text, context) => {
      const found = names.find(
        (name) => name.toLowerCase() === text.toLowerCase(),
      );
      if (found !== undefined) return found;
      context.addIssue(`must be one of ${names.join(", ")}`);
      return z.NEVER;
    });

/**
 * The settings in `extensions.durableTask` of host.json that the hub supports. Other settings are accepted and ignored.
 * https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-bindings#host-json
 */
const settingsSchema = z.object({
  hubName: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9]{2,44}$/,
      "must be 3 to 45 letters and digits and start with a letter",
    )
    .default("TestHubName"),
  // An override of host.json by an app setting arrives as a number.
  defaultVersion: z.union([z.string(), z.int().transform(String)]).default(""),
  maxConcurrentActivityFunctions: z
    .int()
    .positive()
    .default(defaultConcurrency),
  maxConcurrentOrchestratorFunctions: z
    .int()
    .positive()
    .default(defaultConcurrency),
  maxConcurrentEntityFunctions: z.int().positive().default(defaultConcurrency),
  maxEntityOperationBatchSize: z.int().positive().default(5000),
  extendedSessionsEnabled: z
    .literal(
      false,
      "must be false or absent: extended sessions exist for .NET only, and with them Azure answers 503 to every request of a Node.js app",
    )
    .default(false),
  /** Whether orchestrator functions stay in memory between episodes. Not a setting of Azure. */
  keepOrchestratorsInMemory: z.boolean().default(true),
  storeInputsInOrchestrationHistory: z.boolean().default(false),
  maxOrchestrationActions: z.int().positive().default(100_000),
  versionMatchStrategy: oneOf(
    ["None", "Strict", "CurrentOrOlder"],
    "CurrentOrOlder",
  ),
  versionFailureStrategy: oneOf(["Reject", "Fail"], "Reject"),
  overridableExistingInstanceStates: oneOf(
    ["NonRunningStates", "AnyState"],
    "NonRunningStates",
  ),
  httpSettings: z
    .object({
      defaultAsyncRequestSleepTimeMilliseconds: z
        .int()
        .positive()
        .default(30_000),
      useForwardedHost: z.boolean().default(false),
    })
    .prefault({}),
  /** Limit for a request body and for the JSON of an input, output, result or state. Not a setting of Azure. */
  maxPayloadBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
});
export type DurableTaskSettings = z.output<typeof settingsSchema>;

/** One message per invalid setting. */
export const validateDurableTaskSettings = (
  value: unknown,
): readonly string[] =>
  (settingsSchema.safeParse(value).error?.issues ?? []).map(
    ({ path, message }) =>
      `host.json: extensions.durableTask.${path.join(".")}: ${message}`,
  );

/** Throws when a setting is invalid. Call `validateDurableTaskSettings` first. */
export const parseDurableTaskSettings = (value: unknown): DurableTaskSettings =>
  settingsSchema.parse(value);
