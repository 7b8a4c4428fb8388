/**
 * Finds orchestrations whose instances the task hub ended, or no longer has.
 *
 * 1. One query asks the hub for the instances that it ended. Instances of orchestrations that ended themselves are completed.
 * 2. The rows of these instances are read until they are settled, and then remembered as long as the hub lists them.
 * 3. An instance that was purged cannot be listed: each sweep checks a constant number of running orchestrations, in turn.
 */
import {
  type DurableClient,
  OrchestrationRuntimeStatus,
} from "durable-functions";
import { maxSweepMs } from "../sweep";
import { processConcurrently } from "../process-concurrently";
import { findInstance, type TaskHubClient } from "../task-hub";
import { logEndLeft, settleWithHub } from "./reconcile";
import type { SettlementContext } from "./settle-orchestration";

export type SweptHubClient = TaskHubClient & Pick<DurableClient, "getStatusBy">;
type SweepContext = SettlementContext & { readonly hub: SweptHubClient };

/** What a process remembers between its sweeps. */
export interface EndSweepMemory {
  /** Ids of listed instances that need no more work. Bounded by the number of instances that the hub lists. */
  readonly done: Set<string>;
  /** Of the next page of running orchestrations to check. */
  cursor?: string;
}
export const createEndSweepMemory = (): EndSweepMemory => ({ done: new Set() });

const statesOfHub = [
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
];
const checksPerSweep = 20;

export async function sweepEnded(
  memory: EndSweepMemory,
  context: SweepContext,
): Promise<void> {
  await settleListed(memory, context);
  await checkRunning(memory, context);
}

async function settleListed(
  { done }: EndSweepMemory,
  context: SweepContext,
): Promise<void> {
  const listed = await context.hub.getStatusBy({ runtimeStatus: statesOfHub });
  // Ids of orchestrations contain no @: these are entities, and sub-orchestrations, whose parents handle their failures.
  const ids = listed
    .map(({ instanceId }) => instanceId)
    .filter((id) => !id.includes("@"));
  const listedIds = new Set(ids);
  for (const id of done) if (!listedIds.has(id)) done.delete(id);
  await forEachId(
    ids.filter((id) => !done.has(id)),
    context,
    async (id) => {
      if (await settle(id, context)) done.add(id);
    },
  );
}

/** Returns whether nothing remains to be done for the listed instance. */
async function settle(id: string, context: SweepContext): Promise<boolean> {
  const claim = await context.storage.orchestrations.find(id);
  // Another app, or another orchestrator of this app, may have started the instance.
  if (claim === undefined || claim.settled === true) return true;
  return (await settleWithHub(claim, context)) === "settle";
}

async function checkRunning(
  memory: EndSweepMemory,
  context: SweepContext,
): Promise<void> {
  const { orchestrations } = context.storage;
  const { items, cursor } = await orchestrations.list({
    status: "running",
    limit: checksPerSweep,
    ...(memory.cursor !== undefined && { cursor: memory.cursor }),
  });
  if (cursor === undefined) delete memory.cursor;
  else memory.cursor = cursor;
  await forEachId(
    items.map(({ id }) => id),
    context,
    async (id) => {
      const { state } = await findInstance(context.hub, id);
      if (state === "absent") await settle(id, context);
    },
  );
}

/** Leaves ids that it does not reach in time, and those whose work fails, to later sweeps. */
async function forEachId(
  ids: readonly string[],
  { log, now }: SweepContext,
  work: (id: string) => Promise<void>,
): Promise<void> {
  const endAt = now().getTime() + maxSweepMs;
  await processConcurrently(ids, async (id) => {
    if (now().getTime() >= endAt) return;
    await work(id).catch((error: unknown) => {
      logEndLeft(log, id, error);
    });
  });
}
