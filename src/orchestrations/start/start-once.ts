import { AosError } from "../../domain/errors";
import type { Claim, Storage } from "../../storage/ports";
import type { WorkflowInput } from "../../domain/contracts";
import { claimAndStart, startIfAbandoned } from "./claim-and-start";
import type { RequestIdentity } from "../request/identify-request";
import type { StartDependencies } from "./start-dependencies";
import { type RequestOrigin, buildWorkflowInput } from "./workflow-input";
import type { StartRequest } from "../request/start-request";
import type { TaskHubContext } from "../task-hub";

/** A request that was read and found to be one, whichever way it came. */
export interface StartCommand {
  readonly identity: RequestIdentity;
  readonly request: StartRequest;
  readonly origin?: RequestOrigin;
}

export type StartResult =
  | {
      readonly as: "new";
      readonly claim: Omit<Claim, "etag">;
      readonly input: WorkflowInput;
    }
  | { readonly as: "existing"; readonly claim: Claim };

/** Starts the orchestration once; whoever asks again is given the existing one. Throws what is wrong with the request. */
export async function startOnce(
  { identity: { id, fingerprint }, request, origin = {} }: StartCommand,
  services: StartDependencies,
  on: TaskHubContext,
): Promise<StartResult> {
  const storage = services.storage();
  const world = { ...on, storage, now: () => services.now() };

  // Looked for before the body is held against the catalog: a repeated request is answered as it was the first
  // time, even when its workflow has changed since.
  const existing = await storage.orchestrations.find(id);
  if (existing === undefined) {
    const input = await buildWorkflowInput(id, request, origin, services);
    const tags = request.tags ?? {};
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
