import type { HttpRequest, InvocationContext } from "@azure/functions";
import type { DurableClient } from "durable-functions";
import {
  toErrorCode,
  logEvent,
  formatErrorTrail,
} from "../telemetry/log/log-event";
import type { TaskHubClient } from "../orchestrations/task-hub";
import { problemResponse, type HttpReply } from "./problem-response";

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a route answers: a value that becomes the JSON body. */
export const jsonResponse = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({ status, headers, body });

async function respond(
  handle: () => Promise<HttpAnswer>,
  context: InvocationContext,
): Promise<HttpReply> {
  const requestId = context.invocationId;
  const response = await handle().then(
    ({ status, headers, body }): HttpReply => ({
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

/** A route that needs the request only. Whatever it throws becomes a problem response. */
export const httpHandler =
  (handler: (request: HttpRequest) => Promise<HttpAnswer>) =>
  (request: HttpRequest, context: InvocationContext) =>
    respond(() => handler(request), context);

/** A route that asks the task hub as well. */
export const durableHttpHandler =
  (
    handler: (
      request: HttpRequest,
      hub: TaskHubClient,
      context: InvocationContext,
    ) => Promise<HttpAnswer>,
  ) =>
  (request: HttpRequest, client: DurableClient, context: InvocationContext) =>
    respond(() => handler(request, client, context), context);
