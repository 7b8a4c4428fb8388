import { randomUUID } from "node:crypto";
import type { HttpRequest, InvocationContext } from "@azure/functions";
import type { WorkflowInput } from "../../domain/contracts";
import { omitUndefined } from "../../domain/omit-undefined";
import { reconcileWithHub } from "../../orchestrations/end/reconcile";
import { identifyRequest } from "../../orchestrations/request/identify-request";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { invalidRequest } from "../../orchestrations/request/request-error";
import {
  type StartRequest,
  startRequestSchema,
} from "../../orchestrations/request/start-request";
import { startOnce } from "../../orchestrations/start/start-once";
import {
  loadWorkflowInput,
  type RequestOrigin,
} from "../../orchestrations/start/workflow-input";
import type { TaskHubClient } from "../../orchestrations/task-hub";
import type { SettlementContext } from "../../orchestrations/end/settle-orchestration";
import type { Claim } from "../../storage/ports";
import { parseTraceparent } from "../../telemetry/spans/trace-ids";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";
import { readJsonBody } from "../read-json-body";
import { idempotencyKeySchema } from "../request-schemas";
import {
  orchestrationsUrl,
  toOrchestrationView,
} from "../views/orchestration-view";

/** `POST /api/orchestrations` */
export const startOrchestrationRoute =
  (dependencies: HttpDependencies) =>
  async (
    request: HttpRequest,
    hub: TaskHubClient,
    context: InvocationContext,
  ) => {
    const body = await readJsonBody(request);
    const startRequest = parseRequest(startRequestSchema, body);
    const identity = identifyRequest(
      { id: startRequest.id, idempotencyKey: idempotencyKey(request), body },
      () => randomUUID().replaceAll("-", ""),
    );
    const origin = {
      ...replyOrigin(identity.id, startRequest, dependencies),
      ...omitUndefined({
        traceparent: parseTraceparent(context.traceContext?.traceParent),
      }),
    };
    const hubContext = { hub, by: "http", log: context } as const;
    const started = await startOnce(
      { identity, request: startRequest, origin },
      dependencies,
      hubContext,
    );
    return started.kind === "new"
      ? acceptedResponse(request, started.claim, started.input)
      : replayResponse(request, started.claim, {
          ...dependencies,
          ...hubContext,
          storage: dependencies.storage(),
        });
  };

function replyOrigin(
  id: string,
  { replyTo }: StartRequest,
  dependencies: HttpDependencies,
): RequestOrigin {
  if (replyTo === undefined) return {};
  if (dependencies.messaging() === undefined)
    throw invalidRequest([
      {
        pointer: "/replyTo",
        detail: "requires Service Bus, which is not configured for this app",
      },
    ]);
  return { reply: { queue: replyTo, correlationId: id } };
}

const idempotencyKey = (request: HttpRequest): string | undefined =>
  parseRequest(
    idempotencyKeySchema,
    request.headers.get("idempotency-key") ?? undefined,
    "/headers/idempotency-key",
  );

function acceptedResponse(
  request: HttpRequest,
  { summary }: Pick<Claim, "summary">,
  { definition }: WorkflowInput,
) {
  const url = orchestrationsUrl(request.url);
  const view = toOrchestrationView(summary, [], definition, url);
  return jsonResponse(202, view, {
    location: view.links.self,
    "retry-after": "1",
  });
}

async function replayResponse(
  request: HttpRequest,
  claim: Claim,
  context: SettlementContext,
) {
  const { storage } = context;
  const summary = await reconcileWithHub(claim, context);
  const events = await storage.history.read(summary.id);
  const { definition } = await loadWorkflowInput(claim, storage);
  const url = orchestrationsUrl(request.url);
  const view = toOrchestrationView(summary, events, definition, url);
  return jsonResponse(200, view, {
    location: view.links.self,
    "x-aos-idempotent-replay": "true",
  });
}
