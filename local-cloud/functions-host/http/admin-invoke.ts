/** `POST /admin/functions/{name}` invokes a function without its trigger. https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http */
import { z } from "zod";
import type { ReceivedRequest } from "./received-request";

/** The function name in an admin request; undefined for other requests. */
export function matchAdminInvoke({
  method,
  url,
}: Pick<ReceivedRequest, "method" | "url">): string | undefined {
  if (method !== "POST") return undefined;
  return /^\/admin\/functions\/([\w-]+)\/?$/i.exec(url.pathname)?.[1];
}

const bodySchema = z.object({ input: z.unknown() }).partial();

/** The input of an admin request as text; undefined when the body is not a JSON object. */
export function parseAdminInput(
  body: Uint8Array,
): { readonly text: string | undefined } | undefined {
  if (body.length === 0) return { text: undefined };
  try {
    const { input } = bodySchema.parse(
      JSON.parse(Buffer.from(body).toString("utf8")),
    );
    const isText = typeof input === "string" || input === undefined;
    return { text: isText ? input : JSON.stringify(input) };
  } catch {
    return undefined; // the caller responds with 400
  }
}
