import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/extension";
import { empty, Refused } from "./answer";
import type { ApiContext, Params } from "./orchestrators";

/** In a URL `$` stands for the empty key. */
const idOf = ({ entityName = "", entityKey = "" }: Params) => ({
  name: entityName,
  key: entityKey === "$" ? "" : entityKey,
});

/** `GET entities/{name}/{key}`: the state as it is. */
export function getEntity(
  { hub }: ApiContext,
  _: WebhookRequest,
  params: Params,
): WebhookResponse {
  const entity = hub.entity(idOf(params));
  if (!entity?.exists) return empty(404);
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: entity.state ?? "null",
  };
}

/** `POST entities/{name}/{key}?op=`: a signal. */
export async function signalEntity(
  { hub }: ApiContext,
  { url, headers, body }: WebhookRequest,
  params: Params,
): Promise<WebhookResponse> {
  await hub.signal(
    idOf(params),
    url.searchParams.get("op") ?? "",
    input(headers["content-type"], body),
  );
  return empty(202);
}

/** `DELETE entities/{name}/{key}`: a signal named `delete`. */
export async function deleteEntity(
  { hub }: ApiContext,
  _: WebhookRequest,
  params: Params,
): Promise<WebhookResponse> {
  await hub.signal(idOf(params), "delete", null);
  return empty(202);
}

function input(
  contentType: string | undefined,
  body: Uint8Array,
): string | null {
  if (body.length === 0) return null;
  const text = Buffer.from(body).toString("utf8");
  if (!contentType?.startsWith("application/json")) return JSON.stringify(text);
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new Refused(
      400,
      `Could not parse JSON content: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
