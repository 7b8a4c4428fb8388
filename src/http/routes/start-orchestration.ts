import { randomUUID } from "node:crypto";
import type { HttpRequest, InvocationContext } from "@azure/functions";
import type { Claim } from "../../storage/ports";
import type { WorkflowInput } from "../../domain/contracts";
import { omitUndefined } from "../../domain/omit-undefined";
import { parseTraceparent } from "../../telemetry/spans/trace-ids";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { invalidRequest } from "../../orchestrations/request/request-error";
import type { TaskHubClient } from "../../orchestrations/task-hub";
import { identifyRequest } from "../../orchestrations/request/identify-request";
import { reconcileWithHub } from "../../orchestrations/reconcile";
import { startOnce } from "../../orchestrations/start/start-once";
import {
  type RequestOrigin,
  loadWorkflowInput,
} from "../../orchestrations/start/workflow-input";
import {
  type StartRequest,
  startRequestSchema,
} from "../../orchestrations/request/start-request";
import type { UseCaseContext } from "../../orchestrations/use-case-context";
import { jsonResponse } from "../http-handler";
import {
  orchestrationsUrl,
  toOrchestrationView,
} from "../views/orchestration-view";
import { readJsonBody } from "../read-json-body";
import { idempotencyKeySchema } from "../request-schemas";
import type { HttpDependencies } from "../http-dependencies";

/** `POST /api/orchestrations` */
export const startOrchestrationRoute =
  (services: HttpDependencies) =>
  async (
    request: HttpRequest,
    hub: TaskHubClient,
    context: InvocationContext,
  ) => {
    const body = await readJsonBody(request);
    const wanted = parseRequest(startRequestSchema, body);
    const identity = identifyRequest(
      { id: wanted.id, idempotencyKey: keyOf(request), body },
      () => randomUUID().replaceAll("-", ""),
    );
    const caller = {
      ...callerOf(identity.id, wanted, services),
      ...omitUndefined({
        traceparent: parseTraceparent(context.traceContext?.traceParent),
      }),
    };
    const on = { hub, by: "http", log: context } as const;
    const started = await startOnce(
      { identity, request: wanted, origin: caller },
      services,
      on,
    );
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
  services: HttpDependencies,
): RequestOrigin {
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
  const collection = orchestrationsUrl(request.url);
  const view = toOrchestrationView(summary, [], definition, collection);
  return jsonResponse(202, view, {
    location: view.links.self,
    "retry-after": "1",
  });
}

async function replayed(
  request: HttpRequest,
  claim: Claim,
  world: Pick<UseCaseContext, "hub" | "storage" | "log">,
) {
  const { storage } = world;
  const summary = await reconcileWithHub(claim, world);
  const rows = await storage.history.read(summary.id);
  const { definition } = await loadWorkflowInput(claim, storage);
  const collection = orchestrationsUrl(request.url);
  const view = toOrchestrationView(summary, rows, definition, collection);
  return jsonResponse(200, view, {
    location: view.links.self,
    "x-aos-idempotent-replay": "true",
  });
}
