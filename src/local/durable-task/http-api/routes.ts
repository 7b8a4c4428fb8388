import findMyWay, { type HTTPMethod } from "find-my-way";
import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/extension";
import { empty, refusal, Refused } from "./answer";
import { deleteEntity, getEntity, signalEntity } from "./entities";
import {
  getInstance,
  listInstances,
  raiseEvent,
  resumeInstance,
  suspendInstance,
  terminateInstance,
} from "./instances";
import {
  type ApiContext,
  type Params,
  startOrchestration,
} from "./orchestrators";

type Endpoint = (
  context: ApiContext,
  request: WebhookRequest,
  params: Params,
) => WebhookResponse | Promise<WebhookResponse>;

const notYet = (): WebhookResponse =>
  refusal(501, "The embedded task hub does not support this operation yet.");

const endpoints: readonly (readonly [HTTPMethod, string, Endpoint])[] = [
  ["POST", "/orchestrators/:functionName", startOrchestration],
  ["POST", "/orchestrators/:functionName/:instanceId", startOrchestration],
  ["GET", "/instances", listInstances],
  ["GET", "/instances/:instanceId", getInstance],
  ["POST", "/instances/:instanceId/raiseEvent/:eventName", raiseEvent],
  ["POST", "/instances/:instanceId/terminate", terminateInstance],
  ["POST", "/instances/:instanceId/suspend", suspendInstance],
  ["POST", "/instances/:instanceId/resume", resumeInstance],
  ["POST", "/instances/:instanceId/rewind", notYet],
  ["POST", "/instances/:instanceId/restart", notYet],
  ["DELETE", "/instances", notYet],
  ["DELETE", "/instances/:instanceId", notYet],
  ["GET", "/entities", notYet],
  ["GET", "/entities/:entityName", notYet],
  ["GET", "/entities/:entityName/:entityKey", getEntity],
  ["POST", "/entities/:entityName/:entityKey", signalEntity],
  ["DELETE", "/entities/:entityName/:entityKey", deleteEntity],
];

/** The extension's HTTP API: the same for the webhook and for the client library's local listener. */
export function httpApi(
  context: ApiContext,
): (request: WebhookRequest) => Promise<WebhookResponse> {
  const router = findMyWay({
    caseSensitive: false,
    ignoreTrailingSlash: true,
    maxParamLength: 2048,
  });
  for (const [method, path, endpoint] of endpoints)
    router.on(method, path, () => undefined, endpoint);
  return async (request) => {
    // The path is decoded; ids may hold what the router would decode once more.
    const path = request.path.split("/").map(encodeURIComponent).join("/");
    const found = router.find(request.method as HTTPMethod, `/${path}`);
    if (found === null) return empty(404);
    try {
      const endpoint = found.store as Endpoint;
      return await endpoint(context, request, found.params);
    } catch (error) {
      if (error instanceof Refused) return refusal(error.status, error.message);
      throw error;
    }
  };
}
