import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/core/extension";
import {
  type DurableApiAddress,
  forwardedOrigin,
  managementUrls,
  withOrigin,
} from "./management-urls";
import type { TaskHub } from "../engine/task-hub";
import { isInstanceEnded, type RuntimeStatus } from "../model/instance";
import {
  jsonWebhookResponse,
  parseJsonBody,
  errorResponse,
  rejectNul,
} from "./responses";
import { toInstanceView, parseStoredJson } from "./instance-view";
import { isNotFalseParameter } from "./query-parameters";

export interface DurableApiContext {
  readonly hub: TaskHub;
  readonly address: DurableApiAddress;
}
export type RouteParams = Readonly<Record<string, string | undefined>>;

/** `POST orchestrators/{functionName}/{instanceId?}`. With `timeout` and `pollingInterval` it waits for the end. */
export async function startInstanceByName(
  { hub, address }: DurableApiContext,
  request: WebhookRequest,
  { functionName = "", instanceId }: RouteParams,
): Promise<WebhookResponse> {
  rejectNul(instanceId ?? "");
  const query = request.url.searchParams;
  const version = query.get("version");
  const started = await hub.start({
    name: functionName,
    input: parseJsonBody(request.body),
    ...(instanceId !== undefined && { instanceId }),
    ...(version !== null && { version }),
  });
  if ("existingStatus" in started) return alreadyExists(started.existingStatus);
  const timeoutSeconds = Number(query.get("timeout"));
  if (timeoutSeconds > 0 && query.has("pollingInterval")) {
    const ended = await waitForEnd(
      hub,
      started.id,
      timeoutSeconds,
      request.signal,
    );
    if (ended) return ended;
  }
  return accepted(resolveAddress(request, hub, address), started.id);
}

/** `POST instances/{id}/restart?restartWithNewInstanceId=`. Starts the same function with the same input. */
export async function restartInstance(
  { hub, address }: DurableApiContext,
  request: WebhookRequest,
  { instanceId = "" }: RouteParams,
): Promise<WebhookResponse> {
  const old = hub.getInstance(instanceId);
  if (old === undefined)
    return errorResponse(
      400,
      "InstanceId does not match a valid orchestration instance.",
    );
  const hasNewId = isNotFalseParameter(
    request.url.searchParams,
    "restartWithNewInstanceId",
  );
  if (!hasNewId && !isInstanceEnded(old)) return stillRunning();
  const { name, version, input } = old;
  const started = await hub.start({
    name,
    version,
    input,
    ...(!hasNewId && { instanceId }),
  });
  return "existingStatus" in started
    ? stillRunning()
    : accepted(resolveAddress(request, hub, address), started.id);
}

const alreadyExists = (status: RuntimeStatus): WebhookResponse =>
  errorResponse(
    409,
    `An Orchestration instance with the status ${status} already exists.`,
  );
const stillRunning = (): WebhookResponse =>
  errorResponse(
    409,
    "A non-terminal instance with this instance ID already exists.",
  );

/** The address of the hub in URLs for the caller. Behind a trusted proxy, it is the address of the proxy. */
function resolveAddress(
  request: WebhookRequest,
  { settings }: TaskHub,
  address: DurableApiAddress,
): DurableApiAddress {
  const proxy = settings.httpSettings.useForwardedHost
    ? forwardedOrigin(request)
    : undefined;
  return withOrigin(address, proxy ?? request.url.origin);
}

/** Responds as soon as the instance ends, without polling. */
async function waitForEnd(
  hub: TaskHub,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<WebhookResponse | undefined> {
  const instance = await hub.waitForEnd(id, signal, seconds * 1000);
  if (instance === undefined) return undefined;
  return instance.status === "Completed"
    ? jsonWebhookResponse(200, parseStoredJson(instance.output))
    : jsonWebhookResponse(200, toInstanceView(instance, { showInput: true }));
}

/** The response to a start has no rewind URL, as on Azure. */
function accepted(address: DurableApiAddress, id: string): WebhookResponse {
  const urls = managementUrls(address, id);
  const startUrls = Object.entries(urls).filter(
    ([name]) => name !== "rewindPostUri",
  );
  return jsonWebhookResponse(202, Object.fromEntries(startUrls), {
    location: urls.statusQueryGetUri,
    "retry-after": "10",
  });
}
