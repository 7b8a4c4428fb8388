import type { WorkflowInput } from "../../domain/contracts";
import type { Json } from "../../domain/payload";
import type { Claim } from "../../storage/ports";
import { enqueueInSession } from "../session-queue";
import { findInstance } from "../task-hub";
import type { UseCaseContext } from "../use-case-context";
import { isAbandoned } from "./claim-rules";
import { startClaimedInstance } from "./start-claimed-instance";
import { takeOverClaim } from "./take-over-claim";
import { loadWorkflowInput } from "./workflow-input";

/** Claims the orchestration id and starts the orchestration. Returns undefined if the id is already claimed. */
export async function claimAndStart(
  input: WorkflowInput,
  request: {
    readonly fingerprint: string;
    readonly tags: Readonly<Record<string, string>>;
  },
  context: UseCaseContext,
): Promise<Omit<Claim, "etag"> | undefined> {
  const { storage, hub, now } = context;
  const { orchestrationId: id, queuePosition } = input;
  // The blob's name is derived from its content, so the input of a lost claim does not overwrite the winner's.
  const start = await storage.payloads.put(id, input as unknown as Json);
  const takenAt = now();
  const at = takenAt.toISOString();
  const { name, version } = input.definition;
  const claim = {
    summary: {
      id,
      workflow: name,
      version,
      status: "pending",
      tags: request.tags,
      createdAt: at,
      updatedAt: at,
    },
    fingerprint: request.fingerprint,
    start,
    claimedAt: at,
    taskHub: hub.taskHubName,
    ...(queuePosition !== undefined && { queuePosition, waiting: true }),
  } as const;
  if ((await storage.orchestrations.claim(claim)) === "exists")
    return undefined;
  if (queuePosition === undefined)
    await startClaimedInstance(takenAt, input, context);
  else await enqueueInSession({ id, queuePosition }, context);
  return claim;
}

/** Starts an orchestration whose process died between the claim and the start. */
export async function startIfAbandoned(
  claim: Claim,
  context: UseCaseContext,
): Promise<void> {
  const { storage, hub, now } = context;
  const { queuePosition, waiting, summary } = claim;
  if (queuePosition !== undefined && waiting === true) {
    await enqueueInSession({ id: summary.id, queuePosition }, context);
    return;
  }
  const takenAt = now();
  if (!isAbandoned(claim, takenAt)) return;
  const { state } = await findInstance(hub, summary.id);
  if (state !== "absent") return;
  const input = await loadWorkflowInput(claim, storage);
  if (await takeOverClaim(claim, takenAt, "starter_died", context))
    await startClaimedInstance(takenAt, input, context);
}
