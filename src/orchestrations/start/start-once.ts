import type { WorkflowInput } from "../../domain/contracts";
import { AosError } from "../../domain/errors";
import type { Claim, Storage } from "../../storage/ports";
import type { RequestIdentity } from "../request/identify-request";
import type { StartRequest } from "../request/start-request";
import type { TaskHubContext } from "../task-hub";
import { claimAndStart, startIfAbandoned } from "./claim-and-start";
import type { StartDependencies } from "./start-dependencies";
import { buildWorkflowInput, type RequestOrigin } from "./workflow-input";

/** A parsed start request, by HTTP or by Service Bus. */
export interface StartCommand {
  readonly identity: RequestIdentity;
  readonly request: StartRequest;
  readonly origin?: RequestOrigin;
}

type StartResult =
  | {
      readonly kind: "new";
      readonly claim: Omit<Claim, "etag">;
      readonly input: WorkflowInput;
    }
  | { readonly kind: "existing"; readonly claim: Claim };

/** Starts the orchestration, or returns the existing one with the same id and body. Throws if the request is invalid. */
export async function startOnce(
  { identity: { id, fingerprint }, request, origin = {} }: StartCommand,
  dependencies: StartDependencies,
  hubContext: TaskHubContext,
): Promise<StartResult> {
  const storage = dependencies.storage();
  const context = { ...hubContext, storage, now: () => dependencies.now() };
  // Before validation: a repeated request gets the same response even if its workflow has changed since.
  const existing = await storage.orchestrations.find(id);
  if (existing === undefined) {
    const input = await buildWorkflowInput(id, request, origin, dependencies);
    const tags = request.tags ?? {};
    const claim = await claimAndStart(input, { fingerprint, tags }, context);
    if (claim !== undefined) return { kind: "new", claim, input };
  }
  const claim = existing ?? (await requireClaim(id, storage));
  if (claim.fingerprint !== fingerprint) throw idempotencyConflict(id);
  await startIfAbandoned(claim, context);
  return { kind: "existing", claim };
}

async function requireClaim(id: string, storage: Storage): Promise<Claim> {
  const claim = await storage.orchestrations.find(id);
  if (claim !== undefined) return claim;
  throw new AosError(
    "storage_unavailable",
    `Orchestration "${id}" was claimed by another request and could not be read. Try again.`,
  );
}

const idempotencyConflict = (id: string): AosError =>
  new AosError(
    "idempotency_conflict",
    `Orchestration "${id}" was started with another body. Send the same body to get it, or another id or Idempotency-Key to start a new one.`,
  );
