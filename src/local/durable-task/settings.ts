import { availableParallelism } from "node:os";
import { z } from "zod";
import { TaskHubError } from "./store";

const perCore = 10 * availableParallelism();

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
});
export type Settings = z.output<typeof settingsSchema>;

/** Throws `TaskHubError` with one sentence that names the settings that are wrong. */
export function readSettings(value: unknown): Settings {
  const result = settingsSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );
  throw new TaskHubError(
    "task_hub_settings_invalid",
    `host.json: extensions.durableTask is not valid: ${problems.join("; ")}.`,
  );
}
