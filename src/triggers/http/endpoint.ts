import type { HttpRequest, InvocationContext } from "@azure/functions";
import type { DurableClient } from "durable-functions";
import { codeIn, logEvent, trailOf } from "../../telemetry/log";
import type { Hub } from "../start/hub";
import { problem, type Reply } from "./problem";

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a route answers: a value that becomes the JSON body. */
export const answer = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers, body });

async function respond(
  handle: () => Promise<Answer>,
  context: InvocationContext,
): Promise<Reply> {
  const requestId = context.invocationId;
  const response = await handle().then(
    ({ status, headers, body }): Reply => ({
      status,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
    (thrown: unknown) => {
      const failed = problem(thrown, requestId);
      if (failed.status >= 500)
        logEvent(context, "request.failed", {
          requestId,
          code: codeIn(thrown),
          trail: trailOf(thrown),
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
export const endpoint =
  (handler: (request: HttpRequest) => Promise<Answer>) =>
  (request: HttpRequest, context: InvocationContext) =>
    respond(() => handler(request), context);

/** A route that asks the task hub as well. */
export const hubEndpoint =
  (
    handler: (
      request: HttpRequest,
      hub: Hub,
      context: InvocationContext,
    ) => Promise<Answer>,
  ) =>
  (request: HttpRequest, client: DurableClient, context: InvocationContext) =>
    respond(() => handler(request, client, context), context);
