import type { WebhookResponse } from "../../functions-host/core/extension";

export const jsonWebhookResponse = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WebhookResponse => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(value),
});

export const emptyResponse = (status: number): WebhookResponse => ({ status });

/** An error in the format of the Durable Task extension. */
export const errorResponse = (
  status: number,
  Message: string,
): WebhookResponse => jsonWebhookResponse(status, { Message });

export const payloadTooLargeResponse = (limit: number): WebhookResponse =>
  errorResponse(
    413,
    `The body is larger than ${limit} bytes. Store large data elsewhere and send a reference, or raise maxPayloadBytes in host.json (extensions.durableTask).`,
  );

/** An invalid request. The response has this status and message. */
export class ApiRequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The body as JSON text; null for an empty body. */
export function parseJsonBody(body: Uint8Array): string | null {
  if (body.length === 0) return null;
  const text = Buffer.from(body).toString("utf8");
  try {
    JSON.parse(text);
  } catch {
    throw new ApiRequestError(400, "Invalid JSON content");
  }
  return text;
}

/** SQLite ends a text at NUL, so two ids could become one. */
export function rejectNul(id: string): void {
  if (id.includes("\0"))
    throw new ApiRequestError(
      400,
      "The id contains the character U+0000, which the local task hub cannot store. Use another id.",
    );
}
