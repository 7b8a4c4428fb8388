import { randomUUID } from "node:crypto";
import type { HttpRequest } from "@azure/functions";
import { AosError } from "../../errors";
import type { Claim, Storage } from "../../history/ports";
import type { WorkflowInput } from "../../model/contracts";
import type { WorkflowDefinition } from "../../model/workflow";
import { answer, type Hub } from "./endpoint";
import { startOf } from "./find-orchestration";
import { collectionOf, orchestrationView } from "./orchestration-view";
import { parseRequest } from "./parse-request";
import { readJsonBody } from "./read-json-body";
import { reconcile } from "./reconcile";
import {
  idempotencyKeySchema,
  type StartRequest,
  startRequestSchema,
} from "./schemas";
import type { HttpServices } from "./services";
import { checkInput } from "./start/check-input";
import { chooseWorkflow } from "./start/choose-workflow";
import { claimAndStart, startIfAbandoned } from "./start/claim";
import { identify } from "./start/identify";

/** `POST /api/orchestrations` */
export const startOrchestration =
  (services: HttpServices) => async (request: HttpRequest, hub: Hub) => {
    const body = await readJsonBody(request);
    const wanted = parseRequest(startRequestSchema, body);
    const { id, fingerprint } = identify(
      { id: wanted.id, idempotencyKey: keyOf(request), body },
      () => randomUUID().replaceAll("-", ""),
    );
    const storage = services.storage();
    const world = { storage, hub, now: () => services.now() };

    // Looked for before the body is held against the catalog: a repeated request is answered as it was the first
    // time, even when its workflow has changed since.
    const existing = await storage.orchestrations.find(id);
    if (existing === undefined) {
      const input = await toInput(id, wanted, services, storage);
      const tags = wanted.tags ?? {};
      const claim = await claimAndStart(input, { fingerprint, tags }, world);
      if (claim !== undefined) return accepted(request, claim, input);
    }
    const claim = existing ?? (await mustFind(id, storage));
    if (claim.fingerprint !== fingerprint) throw conflict(id);
    await startIfAbandoned(claim, world);
    return replayed(request, claim, hub, storage);
  };

const keyOf = (request: HttpRequest): string | undefined =>
  parseRequest(
    idempotencyKeySchema,
    request.headers.get("idempotency-key") ?? undefined,
    "/headers/idempotency-key",
  );

async function toInput(
  id: string,
  wanted: StartRequest,
  services: HttpServices,
  storage: Storage,
): Promise<WorkflowInput> {
  const definition = chooseWorkflow(wanted, {
    agents: new Set(services.agents.keys()),
    tools: services.tools,
    workflows: services.workflows,
  });
  const input = wanted.input ?? {};
  checkInput(definition, input);
  return {
    orchestrationId: id,
    definition,
    agents: agentsOf(definition, services),
    input: await storage.payloads.put(id, input),
    ...(wanted.sessionId !== undefined && { sessionId: wanted.sessionId }),
  };
}

/** Snapshots of the agents that a definition names, so that a redeploy does not change what has started. */
function agentsOf(
  definition: WorkflowDefinition,
  { agents }: HttpServices,
): WorkflowInput["agents"] {
  const works = definition.steps.map((step) =>
    step.kind === "map" ? step.step : step,
  );
  const named = works.flatMap((work) =>
    work.kind === "agent" ? [agents.get(work.agent) ?? []].flat() : [],
  );
  return Object.fromEntries(named.map((agent) => [agent.name, agent]));
}

function accepted(
  request: HttpRequest,
  { summary }: Pick<Claim, "summary">,
  { definition }: WorkflowInput,
) {
  const collection = collectionOf(request.url);
  const view = orchestrationView(summary, [], definition, collection);
  return answer(202, view, { location: view.links.self, "retry-after": "1" });
}

async function replayed(
  request: HttpRequest,
  claim: Claim,
  hub: Hub,
  storage: Storage,
) {
  const summary = await reconcile(claim, hub, storage);
  const rows = await storage.history.read(summary.id);
  const { definition } = await startOf(claim, storage);
  const collection = collectionOf(request.url);
  const view = orchestrationView(summary, rows, definition, collection);
  return answer(200, view, {
    location: view.links.self,
    "x-aos-idempotent-replay": "true",
  });
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
