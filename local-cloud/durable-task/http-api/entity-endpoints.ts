import { errorMessage } from "../../shared/error-message";
import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/core/extension";
import {
  type EntityId,
  formatEntityId,
  parseEntityId,
} from "../model/entity-id";
import { describeUnknownFunction } from "../model/failure";
import type { TaskHub } from "../engine/task-hub";
import { emptyResponse, ApiRequestError, rejectNul } from "./responses";
import { parseStoredJson, formatTimestamp } from "./instance-view";
import type { DurableApiContext, RouteParams } from "./orchestrator-endpoints";
import { pageResponse, parsePageRequest, toListRange } from "./paging";
import { isTrueParameter, parseTimeParameter } from "./query-parameters";

/** In a URL, `$` is the empty key. */
const toEntityId = ({
  entityName = "",
  entityKey = "",
}: RouteParams): EntityId => ({
  name: entityName.toLowerCase(),
  key: entityKey === "$" ? "" : entityKey,
});

/** The id of an entity that can receive a signal. */
function parseReceiver({ functions }: TaskHub, params: RouteParams): EntityId {
  const id = toEntityId(params);
  rejectNul(id.key);
  const problem = describeUnknownFunction("entity", id.name, functions.entity);
  if (problem !== undefined) throw new ApiRequestError(400, problem);
  return id;
}

/** `GET entities/{name}/{key}`. Returns the state. */
export function getEntity(
  { hub }: DurableApiContext,
  _: WebhookRequest,
  params: RouteParams,
): WebhookResponse {
  const entity = hub.getEntity(toEntityId(params));
  if (!entity?.exists) return emptyResponse(404);
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: entity.state ?? "null",
  };
}

/** `GET entities[/{name}]`. Lists existing entities in pages. */
export function listEntities(
  { hub }: DurableApiContext,
  request: WebhookRequest,
  { entityName }: RouteParams,
): WebhookResponse {
  const query = request.url.searchParams;
  const page = parsePageRequest(request);
  const updatedFrom = parseTimeParameter(query, "lastOperationTimeFrom");
  const updatedTo = parseTimeParameter(query, "lastOperationTimeTo");
  const showState = isTrueParameter(query, "fetchState");
  const found = hub.listEntities({
    existing: true,
    ...toListRange(page),
    ...(entityName !== undefined && {
      idPrefix: formatEntityId({ name: entityName, key: "" }),
    }),
    ...(updatedFrom !== undefined && { updatedFrom }),
    ...(updatedTo !== undefined && { updatedTo }),
  });
  return pageResponse(
    page,
    found,
    ({ entityId }) => entityId,
    ({ entityId, updatedAt, state }) => ({
      entityId: parseEntityId(entityId),
      lastOperationTime: formatTimestamp(updatedAt),
      state: showState ? parseStoredJson(state) : null,
    }),
  );
}

/** `POST entities/{name}[/{key}]?op=`. Sends a signal. */
export async function signalEntity(
  { hub }: DurableApiContext,
  { url, headers, body }: WebhookRequest,
  params: RouteParams,
): Promise<WebhookResponse> {
  await hub.signal(
    parseReceiver(hub, params),
    url.searchParams.get("op") ?? "",
    parseInput(headers["content-type"], body),
  );
  return emptyResponse(202);
}

/** `DELETE entities/{name}/{key}`. Sends the signal `delete`. */
export async function deleteEntity(
  { hub }: DurableApiContext,
  _: WebhookRequest,
  params: RouteParams,
): Promise<WebhookResponse> {
  await hub.signal(parseReceiver(hub, params), "delete", null);
  return emptyResponse(202);
}

function parseInput(
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
    throw new ApiRequestError(
      400,
      `Could not parse JSON content: ${errorMessage(error)}`,
    );
  }
}
