import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/core/extension";
import {
  type DurableApiAddress,
  applyForwardedHost,
  managementUrls,
} from "./management-urls";
import type { TaskHub } from "../engine/task-hub";
import { isInstanceEnded, type RuntimeStatus } from "../model/instance";
import {
  jsonWebhookResponse,
  parseJsonBody,
  errorResponse,
  ApiRequestError,
} from "./responses";
import { toInstanceView, parseStoredJson } from "./instance-view";
import { isNotFalseParameter } from "./query-parameters";

export interface DurableApiContext {
  readonly hub: TaskHub;
  readonly addresses: DurableApiAddress;
}
export type RouteParams = Readonly<Record<string, string | undefined>>;

/** `POST orchestrators/{functionName}/{instanceId?}`: starts, and with `timeout` and `pollingInterval` also waits. */
export async function startInstanceByName(
  { hub, addresses }: DurableApiContext,
  request: WebhookRequest,
  { functionName = "", instanceId }: RouteParams,
): Promise<WebhookResponse> {
  if (instanceId !== undefined) checkId(instanceId);
  const query = request.url.searchParams;
  const at = seenBy(request, hub, addresses);
  const version = query.get("version");
  const started = await hub.start({
    name: functionName,
    input: parseJsonBody(request.body),
    ...(instanceId !== undefined && { instanceId }),
    ...(version !== null && { version }),
  });
  if ("existingStatus" in started) return inTheWay(started.existingStatus);
  const timeout = Number(query.get("timeout"));
  if (timeout > 0 && query.has("pollingInterval")) {
    const ended = await waited(hub, started.id, timeout, request.signal);
    if (ended) return ended;
  }
  return accepted(at, started.id);
}

/** `POST instances/{id}/restart?restartWithNewInstanceId=`: the same function with the same input once more. */
export async function restartInstance(
  { hub, addresses }: DurableApiContext,
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
    : accepted(seenBy(request, hub, addresses), started.id);
}

const inTheWay = (status: RuntimeStatus): WebhookResponse =>
  errorResponse(
    409,
    `An Orchestration instance with the status ${status} already exists.`,
  );
const stillRunning = (): WebhookResponse =>
  errorResponse(
    409,
    "A non-terminal instance with this instance ID already exists.",
  );

/** Where the caller sees the hub: behind a proxy that is trusted, at the proxy's address. */
const seenBy = (
  { headers }: WebhookRequest,
  { settings }: TaskHub,
  addresses: DurableApiAddress,
): DurableApiAddress =>
  settings.httpSettings.useForwardedHost
    ? applyForwardedHost(
        addresses,
        headers["x-forwarded-host"],
        headers["x-forwarded-proto"],
      )
    : addresses;

/** Answers the moment the instance ends: there is no polling here. */
async function waited(
  hub: TaskHub,
  id: string,
  seconds: number,
  gone: AbortSignal,
): Promise<WebhookResponse | undefined> {
  const instance = await hub.waitForEnd(id, gone, seconds * 1000);
  if (instance === undefined) return undefined;
  return instance.status === "Completed"
    ? jsonWebhookResponse(200, parseStoredJson(instance.output))
    : jsonWebhookResponse(200, toInstanceView(instance, { showInput: true }));
}

/** A start is answered without the address for a rewind, as by the real host. */
function accepted(addresses: DurableApiAddress, id: string): WebhookResponse {
  const urls = managementUrls(addresses, id);
  const shown = Object.entries(urls).filter(
    ([name]) => name !== "rewindPostUri",
  );
  return jsonWebhookResponse(202, Object.fromEntries(shown), {
    location: urls.statusQueryGetUri,
    "retry-after": "10",
  });
}

function checkId(id: string): void {
  // The real host refuses what cannot be part of a table key.
  if (id.startsWith("@"))
    throw new ApiRequestError(
      400,
      `The instance id '${id}' starts with '@', which is kept for entities.`,
    );
  if (id.length > 256)
    throw new ApiRequestError(
      400,
      "An instance id has at most 256 characters.",
    );
  if (/[/\\?#\p{Cc}]/u.test(id))
    throw new ApiRequestError(
      400,
      `The instance id '${id}' holds one of / \\ ? # or a control character.`,
    );
}
