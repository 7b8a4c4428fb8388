import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/extension";
import { type EntityId, entityIdText, parseEntityId } from "../entity-id";
import { unknownFunction } from "../failure";
import type { TaskHub } from "../hub";
import { empty, Refused } from "./answer";
import { parsed, seconds } from "./instance-view";
import type { ApiContext, Params } from "./orchestrators";
import { pageAnswer, pageOf, sliceOf } from "./paging";
import { isTrue, time } from "./query";

/** In a URL `$` stands for the empty key. */
const idOf = ({ entityName = "", entityKey = "" }: Params): EntityId => ({
  name: entityName.toLowerCase(),
  key: entityKey === "$" ? "" : entityKey,
});

/** The id of an entity that may be sent something. */
function receiver({ functions }: TaskHub, params: Params): EntityId {
  const id = idOf(params);
  if (/[/\\?#\p{Cc}]/u.test(id.key))
    throw new Refused(
      400,
      `The entity key '${id.key}' holds one of / \\ ? # or a control character.`,
    );
  if (!functions.entity.some((known) => known.toLowerCase() === id.name))
    throw new Refused(
      400,
      unknownFunction("entity", id.name, functions.entity),
    );
  return id;
}

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

/** `GET entities[/{name}]`: those that exist, page by page. */
export function listEntities(
  { hub }: ApiContext,
  request: WebhookRequest,
  { entityName }: Params,
): WebhookResponse {
  const query = request.url.searchParams;
  const page = pageOf(request);
  const updatedFrom = time(query, "lastOperationTimeFrom");
  const updatedTo = time(query, "lastOperationTimeTo");
  const showState = isTrue(query, "fetchState");
  const found = hub.entities({
    existing: true,
    ...sliceOf(page),
    ...(entityName !== undefined && {
      idPrefix: entityIdText({ name: entityName, key: "" }),
    }),
    ...(updatedFrom !== undefined && { updatedFrom }),
    ...(updatedTo !== undefined && { updatedTo }),
  });
  return pageAnswer(
    page,
    found,
    ({ entityId }) => entityId,
    ({ entityId, updatedAt, state }) => ({
      entityId: parseEntityId(entityId),
      lastOperationTime: seconds(updatedAt),
      state: showState ? parsed(state) : null,
    }),
  );
}

/** `POST entities/{name}/{key}?op=`: a signal. */
export async function signalEntity(
  { hub }: ApiContext,
  { url, headers, body }: WebhookRequest,
  params: Params,
): Promise<WebhookResponse> {
  await hub.signal(
    receiver(hub, params),
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
  await hub.signal(receiver(hub, params), "delete", null);
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
