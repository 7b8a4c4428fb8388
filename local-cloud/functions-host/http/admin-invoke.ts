/** `POST /admin/functions/{name}` runs a function that HTTP does not trigger. https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http */
import { z } from "zod";
import type { ReceivedRequest } from "./received-request";

/** The name of the function that is called so; undefined for other requests. */
export function matchAdminInvoke({
  method,
  url,
}: Pick<ReceivedRequest, "method" | "url">): string | undefined {
  if (method !== "POST") return undefined;
  return /^\/admin\/functions\/([\w-]+)\/?$/i.exec(url.pathname)?.[1];
}

const bodySchema = z.object({ input: z.unknown() }).partial();

/** The input in the body, as text; undefined when the body is not a JSON object. */
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
    return undefined; // told to the caller as 400
  }
}
