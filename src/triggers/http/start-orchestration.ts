import { randomUUID } from "node:crypto";
import type { HttpRequest, InvocationContext } from "@azure/functions";
import type { Claim } from "../../history/ports";
import type { WorkflowInput } from "../../model/contracts";
import { present } from "../../model/present";
import { traceparentOf } from "../../telemetry/trace-ids";
import { parseRequest } from "../parse-request";
import { invalidRequest } from "../request-error";
import type { Hub } from "../start/hub";
import { identify } from "../start/identify";
import { reconcile } from "../start/reconcile";
import { start } from "../start/start";
import { type Caller, startOf } from "../start/start-input";
import { type StartRequest, startRequestSchema } from "../start/start-request";
import type { World } from "../start/world";
import { answer } from "./endpoint";
import { collectionOf, orchestrationView } from "./orchestration-view";
import { readJsonBody } from "./read-json-body";
import { idempotencyKeySchema } from "./schemas";
import type { HttpServices } from "./services";

/** `POST /api/orchestrations` */
export const startOrchestration =
  (services: HttpServices) =>
  async (request: HttpRequest, hub: Hub, context: InvocationContext) => {
    const body = await readJsonBody(request);
    const wanted = parseRequest(startRequestSchema, body);
    const identity = identify(
      { id: wanted.id, idempotencyKey: keyOf(request), body },
      () => randomUUID().replaceAll("-", ""),
    );
    const caller = {
      ...callerOf(identity.id, wanted, services),
      ...present({
        traceparent: traceparentOf(context.traceContext?.traceParent),
      }),
    };
    const on = { hub, by: "http", log: context } as const;
    const started = await start({ identity, wanted, caller }, services, on);
    return started.as === "new"
      ? accepted(request, started.claim, started.input)
      : replayed(request, started.claim, {
          ...on,
          storage: services.storage(),
        });
  };

function callerOf(
  id: string,
  { replyTo }: StartRequest,
  services: HttpServices,
): Caller {
  if (replyTo === undefined) return {};
  if (services.messaging() === undefined)
    throw invalidRequest([
      {
        pointer: "/replyTo",
        detail: "needs Service Bus, which this app runs without",
      },
    ]);
  return { reply: { queue: replyTo, correlationId: id } };
}

const keyOf = (request: HttpRequest): string | undefined =>
  parseRequest(
    idempotencyKeySchema,
    request.headers.get("idempotency-key") ?? undefined,
    "/headers/idempotency-key",
  );

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
  world: Pick<World, "hub" | "storage" | "log">,
) {
  const { storage } = world;
  const summary = await reconcile(claim, world);
  const rows = await storage.history.read(summary.id);
  const { definition } = await startOf(claim, storage);
  const collection = collectionOf(request.url);
  const view = orchestrationView(summary, rows, definition, collection);
  return answer(200, view, {
    location: view.links.self,
    "x-aos-idempotent-replay": "true",
  });
}
