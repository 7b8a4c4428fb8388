import type { HttpRequest, InvocationContext } from "@azure/functions";
import type { DurableClient } from "durable-functions";
import type { TaskHubClient } from "../orchestrations/task-hub";
import {
  formatErrorTrail,
  logEvent,
  toErrorCode,
} from "../telemetry/log/log-event";
import { problemResponse, type SerializedResponse } from "./problem-response";

export interface RouteResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Serialized as JSON. */
  readonly body: unknown;
}

export const jsonResponse = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): RouteResponse => ({ status, headers, body });

async function respond(
  handle: () => Promise<RouteResponse>,
  context: InvocationContext,
): Promise<SerializedResponse> {
  const requestId = context.invocationId;
  const response = await handle().then(
    ({ status, headers, body }): SerializedResponse => ({
      status,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
    (thrown: unknown) => {
      const failed = problemResponse(thrown, requestId);
      if (failed.status >= 500)
        logEvent(context, "request.failed", {
          requestId,
          code: toErrorCode(thrown),
          trail: formatErrorTrail(thrown),
        });
      return failed;
    },
  );
  return {
    ...response,
    headers: { ...response.headers, "x-aos-request-id": requestId },
  };
}

/** Wraps a route that needs only the request. Converts thrown errors to problem responses. */
export const httpHandler =
  (route: (request: HttpRequest) => Promise<RouteResponse>) =>
  (request: HttpRequest, context: InvocationContext) =>
    respond(() => route(request), context);

/** Wraps a route that also needs the durable client. */
export const durableHttpHandler =
  (
    route: (
      request: HttpRequest,
      hub: TaskHubClient,
      context: InvocationContext,
    ) => Promise<RouteResponse>,
  ) =>
  (request: HttpRequest, client: DurableClient, context: InvocationContext) =>
    respond(() => route(request, client, context), context);
