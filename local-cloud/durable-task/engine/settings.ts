import { availableParallelism } from "node:os";
import { z } from "zod";

const perCore = 10 * availableParallelism();

/** One of `names`, in whatever case it is written: .NET reads its enumerations so. */
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
 * `extensions.durableTask` of host.json, as far as it changes what the embedded hub does; the rest is accepted.
 * https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-bindings#host-json
 */
const settingsSchema = z.object({
  hubName: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9]{2,44}$/,
      "must be 3 to 45 letters and digits, a letter first",
    )
    .default("TestHubName"),
  defaultVersion: z.string().default(""),
  maxConcurrentActivityFunctions: z.int().positive().default(perCore),
  maxConcurrentOrchestratorFunctions: z.int().positive().default(perCore),
  maxConcurrentEntityFunctions: z.int().positive().default(perCore),
  maxEntityOperationBatchSize: z.int().positive().default(5000),
  extendedSessionsEnabled: z.boolean().default(true),
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
  /** Our own: how many bytes a body of a request may have, and the JSON of any input, output, result or state. The real host has no such limit. */
  maxPayloadBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
});
export type DurableTaskSettings = z.output<typeof settingsSchema>;

/** What is wrong with the settings, each with its whole name. */
export const validateDurableTaskSettings = (
  value: unknown,
): readonly string[] =>
  (settingsSchema.safeParse(value).error?.issues ?? []).map(
    ({ path, message }) =>
      `host.json: extensions.durableTask.${path.join(".")}: ${message}`,
  );

/** Of settings that have no problems. */
export const parseDurableTaskSettings = (value: unknown): DurableTaskSettings =>
  settingsSchema.parse(value);
