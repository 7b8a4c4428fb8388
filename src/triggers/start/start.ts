import { AosError } from "../../errors";
import type { Claim, Storage } from "../../history/ports";
import type { WorkflowInput } from "../../model/contracts";
import { claimAndStart, startIfAbandoned } from "./claim";
import type { Identity } from "./identify";
import type { StartServices } from "./services";
import { type Caller, toInput } from "./start-input";
import type { StartRequest } from "./start-request";
import type { Starting } from "./hub";

/** A request that was read and found to be one, whichever way it came. */
export interface Requested {
  readonly identity: Identity;
  readonly wanted: StartRequest;
  readonly caller?: Caller;
}

export type Started =
  | {
      readonly as: "new";
      readonly claim: Omit<Claim, "etag">;
      readonly input: WorkflowInput;
    }
  | { readonly as: "existing"; readonly claim: Claim };

/** Starts the orchestration once; whoever asks again is given the existing one. Throws what is wrong with the request. */
export async function start(
  { identity: { id, fingerprint }, wanted, caller = {} }: Requested,
  services: StartServices,
  on: Starting,
): Promise<Started> {
  const storage = services.storage();
  const world = { ...on, storage, now: () => services.now() };

  // Looked for before the body is held against the catalog: a repeated request is answered as it was the first
  // time, even when its workflow has changed since.
  const existing = await storage.orchestrations.find(id);
  if (existing === undefined) {
    const input = await toInput(id, wanted, caller, services);
    const tags = wanted.tags ?? {};
    const claim = await claimAndStart(input, { fingerprint, tags }, world);
    if (claim !== undefined) return { as: "new", claim, input };
  }
  const claim = existing ?? (await mustFind(id, storage));
  if (claim.fingerprint !== fingerprint) throw conflict(id);
  await startIfAbandoned(claim, world);
  return { as: "existing", claim };
}

async function mustFind(id: string, storage: Storage): Promise<Claim> {
  const claim = await storage.orchestrations.find(id);
  if (claim !== undefined) return claim;
  throw new AosError(
    "storage_unavailable",
    `Orchestration "${id}" was claimed by another request and could not be read. Try again.`,
  );
}

const conflict = (id: string): AosError =>
  new AosError(
    "idempotency_conflict",
    `Orchestration "${id}" was started with another body. Send the same body to see it, or another id or Idempotency-Key to start a new one.`,
  );
