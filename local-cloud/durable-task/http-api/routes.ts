import findMyWay, { type HTTPMethod } from "find-my-way";
import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/core/extension";
import {
  emptyResponse,
  errorResponse,
  ApiRequestError,
  payloadTooLargeResponse,
} from "./responses";
import {
  deleteEntity,
  getEntity,
  listEntities,
  signalEntity,
} from "./entity-endpoints";
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
} from "./instance-endpoints";
import {
  type DurableApiContext,
  type RouteParams,
  restartInstance,
  startInstanceByName,
} from "./orchestrator-endpoints";

type Endpoint = (
  context: DurableApiContext,
  request: WebhookRequest,
  params: RouteParams,
) => WebhookResponse | Promise<WebhookResponse>;

const endpoints: readonly (readonly [HTTPMethod, string, Endpoint])[] = [
  ["POST", "/orchestrators/:functionName", startInstanceByName],
  ["POST", "/orchestrators/:functionName/:instanceId", startInstanceByName],
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
  ["POST", "/entities/:entityName", signalEntity],
  ["POST", "/entities/:entityName/:entityKey", signalEntity],
  ["DELETE", "/entities/:entityName/:entityKey", deleteEntity],
];

/** The HTTP API of the Durable Task extension, used by its webhook and by the local listener for the client library. */
export function createDurableHttpApi(
  context: DurableApiContext,
): (request: WebhookRequest) => Promise<WebhookResponse> {
  const router = findMyWay({
    caseSensitive: false,
    ignoreTrailingSlash: true,
    maxParamLength: 2048,
  });
  for (const [method, path, endpoint] of endpoints)
    router.on(method, path, () => undefined, endpoint);
  return async (request) => {
    // Encode the decoded path again, because the router decodes it and ids may contain `%`.
    const path = request.path.split("/").map(encodeURIComponent).join("/");
    const found = router.find(request.method as HTTPMethod, `/${path}`);
    if (found === null) return emptyResponse(404);
    const { hubName, maxPayloadBytes } = context.hub.settings;
    const requestedHub = request.url.searchParams.get("taskHub") ?? "";
    if (
      requestedHub !== "" &&
      requestedHub.toLowerCase() !== hubName.toLowerCase()
    )
      return errorResponse(
        404,
        `There is no task hub '${requestedHub}'. This host runs the task hub '${hubName}'.`,
      );
    if (request.body.length > maxPayloadBytes)
      return payloadTooLargeResponse(maxPayloadBytes);
    try {
      const endpoint = found.store as Endpoint;
      return await endpoint(context, request, found.params);
    } catch (error) {
      if (error instanceof ApiRequestError)
        return errorResponse(error.status, error.message);
      throw error;
    }
  };
}
