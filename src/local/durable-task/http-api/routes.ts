import findMyWay, { type HTTPMethod } from "find-my-way";
import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/extension";
import { empty, refusal, Refused, tooLarge } from "./answer";
import {
  deleteEntity,
  getEntity,
  listEntities,
  signalEntity,
} from "./entities";
import {
  getInstance,
  listInstances,
  purgeInstance,
  purgeInstances,
  raiseEvent,
  resumeInstance,
  rewindInstance,
  suspendInstance,
  terminateInstance,
} from "./instances";
import {
  type ApiContext,
  type Params,
  restartInstance,
  startOrchestration,
} from "./orchestrators";

type Endpoint = (
  context: ApiContext,
  request: WebhookRequest,
  params: Params,
) => WebhookResponse | Promise<WebhookResponse>;

const endpoints: readonly (readonly [HTTPMethod, string, Endpoint])[] = [
  ["POST", "/orchestrators/:functionName", startOrchestration],
  ["POST", "/orchestrators/:functionName/:instanceId", startOrchestration],
  ["GET", "/instances", listInstances],
  ["GET", "/instances/:instanceId", getInstance],
  ["POST", "/instances/:instanceId/raiseEvent/:eventName", raiseEvent],
  ["POST", "/instances/:instanceId/terminate", terminateInstance],
  ["POST", "/instances/:instanceId/suspend", suspendInstance],
  ["POST", "/instances/:instanceId/resume", resumeInstance],
  ["POST", "/instances/:instanceId/rewind", rewindInstance],
  ["POST", "/instances/:instanceId/restart", restartInstance],
  ["DELETE", "/instances", purgeInstances],
  ["DELETE", "/instances/:instanceId", purgeInstance],
  ["GET", "/entities", listEntities],
  ["GET", "/entities/:entityName", listEntities],
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
    const { hubName, maxPayloadBytes } = context.hub.settings;
    const asked = request.url.searchParams.get("taskHub") ?? "";
    if (asked !== "" && asked.toLowerCase() !== hubName.toLowerCase())
      return refusal(
        404,
        `There is no task hub '${asked}' here; the one that there is has the name '${hubName}'.`,
      );
    if (request.body.length > maxPayloadBytes) return tooLarge(maxPayloadBytes);
    try {
      const endpoint = found.store as Endpoint;
      return await endpoint(context, request, found.params);
    } catch (error) {
      if (error instanceof Refused) return refusal(error.status, error.message);
      throw error;
    }
  };
}
