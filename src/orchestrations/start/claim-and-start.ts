/** Claims an orchestration id and starts it, so that it starts once whatever dies when. Rules: `start-rules.ts`. */
import type { Claim } from "../../storage/ports";
import type { WorkflowInput } from "../../domain/contracts";
import type { Json } from "../../domain/payload";
import { findInstance } from "../task-hub";
import { enqueueInSession } from "../session-queue";
import { loadWorkflowInput } from "./workflow-input";
import { startClaimedInstance } from "./start-claimed-instance";
import { isAbandoned } from "./claim-rules";
import { takeOverClaim } from "./take-over-claim";
import type { UseCaseContext } from "../use-case-context";

/** The winner's claim, or undefined for whoever came later and should look at what there is. */
export async function claimAndStart(
  input: WorkflowInput,
  request: {
    readonly fingerprint: string;
    readonly tags: Readonly<Record<string, string>>;
  },
  world: UseCaseContext,
): Promise<Omit<Claim, "etag"> | undefined> {
  const { storage, now } = world;
  const id = input.orchestrationId;
  // Named by its content: writing it for a claim that is lost changes nothing for the winner.
  const start = await storage.payloads.put(id, input as unknown as Json);
  const at = now().toISOString();
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
    ...(input.place !== undefined && { place: input.place, waiting: true }),
  } as const;
  if ((await storage.orchestrations.claim(claim)) === "exists")
    return undefined;
  if (input.place === undefined)
    await startClaimedInstance(claim, input, world);
  else await enqueueInSession({ id, place: input.place }, world);
  return claim;
}

/** Starts what an earlier caller claimed and, because it died, never started. */
export async function startIfAbandoned(
  claim: Claim,
  world: UseCaseContext,
): Promise<void> {
  const { storage, hub, now } = world;
  const { place, waiting, summary } = claim;
  if (place !== undefined && waiting === true) {
    await enqueueInSession({ id: summary.id, place }, world);
    return;
  }
  const takenAt = now();
  if (!isAbandoned(claim, takenAt)) return;
  const { state } = await findInstance(hub, claim.summary.id);
  if (state !== "absent") return;
  const input = await loadWorkflowInput(claim, storage);
  if (!(await takeOverClaim(claim, takenAt, "starter_died", world))) return;
  await startClaimedInstance(
    { claimedAt: takenAt.toISOString() },
    input,
    world,
  );
}
