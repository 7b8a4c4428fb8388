/** Claims an orchestration id and starts it, so that it starts once whatever dies when. Rules: `start-rules.ts`. */
import { AosError } from "../../errors";
import type { Claim, Storage } from "../../history/ports";
import type { WorkflowInput } from "../../model/contracts";
import type { Json } from "../../model/payload";
import { findInstance, type Hub, startInstance } from "./hub";
import { startOf } from "./start-input";
import { giveUpMs, looksAbandoned, mayStillStart } from "./start-rules";

interface World {
  readonly storage: Storage;
  readonly hub: Hub;
  readonly now: () => Date;
}

/** The winner's claim, or undefined for whoever came later and should look at what there is. */
export async function claimAndStart(
  input: WorkflowInput,
  request: {
    readonly fingerprint: string;
    readonly tags: Readonly<Record<string, string>>;
  },
  { storage, hub, now }: World,
): Promise<Omit<Claim, "etag"> | undefined> {
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
  } as const;
  if ((await storage.orchestrations.claim(claim)) === "exists")
    return undefined;
  await startInTime(claim, input, { hub, now });
  return claim;
}

/** Starts what an earlier caller claimed and, because it died, never started. */
export async function startIfAbandoned(
  claim: Claim,
  { storage, hub, now }: World,
): Promise<void> {
  const takenAt = now();
  if (!looksAbandoned(claim, takenAt)) return;
  const { state } = await findInstance(hub, claim.summary.id);
  if (state !== "absent") return;
  const input = await startOf(claim, storage);
  if (!(await storage.orchestrations.takeOver(claim, takenAt))) return;
  await startInTime({ claimedAt: takenAt.toISOString() }, input, { hub, now });
}

async function startInTime(
  claim: Pick<Claim, "claimedAt">,
  input: WorkflowInput,
  { hub, now }: Pick<World, "hub" | "now">,
): Promise<void> {
  if (!mayStillStart(claim, now()))
    throw new AosError(
      "storage_unavailable",
      `Orchestration "${input.orchestrationId}" was not started: storage took over ${giveUpMs / 1000} s to claim it. Send the same request again in a minute.`,
    );
  await startInstance(hub, input);
}
