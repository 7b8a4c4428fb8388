/** Typed access to `context.df`; no module outside this folder uses it. */
import type {
  EntityContext,
  OrchestrationContext,
  Task,
} from "durable-functions";
import type { Json } from "../payload";

export type { EntityContext, OrchestrationContext };

/** A part of an orchestrator, to be run with `yield*`. */
export type DurableOperation<Result> = Generator<Task, Result, unknown>;

export const instanceIdOf = (context: OrchestrationContext): string =>
  context.df.instanceId;

/** The replay-safe time, ISO 8601 UTC. */
export const currentTime = (context: OrchestrationContext): string =>
  timeAfter(context, 0);

/** The replay-safe time plus `ms`, ISO 8601 UTC. */
export const timeAfter = (context: OrchestrationContext, ms: number): string =>
  new Date(context.df.currentUtcDateTime.getTime() + ms).toISOString();

/** The engine rejects a status of 2 KB or more. */
export function setCustomStatus(
  context: OrchestrationContext,
  status: Json,
): void {
  context.df.setCustomStatus(status);
}
