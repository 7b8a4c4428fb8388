import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/extension";
import { type Addresses, forwarded, managementUrls } from "../client-binding";
import type { TaskHub } from "../hub";
import { hasEnded, type RuntimeStatus } from "../instance";
import { json, jsonBody, refusal, Refused } from "./answer";
import { instanceView, parsed } from "./instance-view";
import { isNotFalse } from "./query";

export interface ApiContext {
  readonly hub: TaskHub;
  readonly addresses: Addresses;
}
export type Params = Readonly<Record<string, string | undefined>>;

/** `POST orchestrators/{functionName}/{instanceId?}`: starts, and with `timeout` and `pollingInterval` also waits. */
export async function startOrchestration(
  { hub, addresses }: ApiContext,
  request: WebhookRequest,
  { functionName = "", instanceId }: Params,
): Promise<WebhookResponse> {
  if (instanceId !== undefined) checkId(instanceId);
  const query = request.url.searchParams;
  const at = seenBy(request, hub, addresses);
  const version = query.get("version");
  const started = await hub.start({
    name: functionName,
    input: jsonBody(request.body),
    ...(instanceId !== undefined && { instanceId }),
    ...(version !== null && { version }),
  });
  if ("running" in started) return inTheWay(started.running);
  const timeout = Number(query.get("timeout"));
  if (timeout > 0 && query.has("pollingInterval")) {
    const ended = await waited(hub, started.id, timeout, request.signal);
    if (ended) return ended;
  }
  return accepted(at, started.id);
}

/** `POST instances/{id}/restart?restartWithNewInstanceId=`: the same function with the same input once more. */
export async function restartInstance(
  { hub, addresses }: ApiContext,
  request: WebhookRequest,
  { instanceId = "" }: Params,
): Promise<WebhookResponse> {
  const old = hub.find(instanceId);
  if (old === undefined)
    return refusal(
      400,
      "InstanceId does not match a valid orchestration instance.",
    );
  const hasNewId = isNotFalse(
    request.url.searchParams,
    "restartWithNewInstanceId",
  );
  if (!hasNewId && !hasEnded(old)) return stillRunning();
  const { name, version, input } = old;
  const started = await hub.start({
    name,
    version,
    input,
    ...(!hasNewId && { instanceId }),
  });
  return "running" in started
    ? stillRunning()
    : accepted(seenBy(request, hub, addresses), started.id);
}

const inTheWay = (status: RuntimeStatus): WebhookResponse =>
  refusal(
    409,
    `An Orchestration instance with the status ${status} already exists.`,
  );
const stillRunning = (): WebhookResponse =>
  refusal(409, "A non-terminal instance with this instance ID already exists.");

/** Where the caller sees the hub: behind a proxy that is trusted, at the proxy's address. */
const seenBy = (
  { headers }: WebhookRequest,
  { settings }: TaskHub,
  addresses: Addresses,
): Addresses =>
  settings.httpSettings.useForwardedHost
    ? forwarded(
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
  const instance = await hub.whenEnded(id, gone, seconds * 1000);
  if (instance === undefined) return undefined;
  return instance.status === "Completed"
    ? json(200, parsed(instance.output))
    : json(200, instanceView(instance, { showInput: true }));
}

/** A start is answered without the address for a rewind, as by the real host. */
function accepted(addresses: Addresses, id: string): WebhookResponse {
  const urls = managementUrls(addresses, id);
  const shown = Object.entries(urls).filter(
    ([name]) => name !== "rewindPostUri",
  );
  return json(202, Object.fromEntries(shown), {
    location: urls.statusQueryGetUri,
    "retry-after": "10",
  });
}

function checkId(id: string): void {
  // The real host refuses what cannot be part of a table key.
  if (id.startsWith("@"))
    throw new Refused(
      400,
      `The instance id '${id}' starts with '@', which is kept for entities.`,
    );
  if (id.length > 256)
    throw new Refused(400, "An instance id has at most 256 characters.");
  if (/[/\\?#\p{Cc}]/u.test(id))
    throw new Refused(
      400,
      `The instance id '${id}' holds one of / \\ ? # or a control character.`,
    );
}
