import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/extension";
import { EventType } from "../history-event";
import type { Accepted, TaskHub } from "../hub";
import { hasEnded, type RuntimeStatus } from "../instance";
import type { InstanceFilter } from "../store";
import { empty, json, jsonBody, refusal, Refused } from "./answer";
import { instanceView } from "./instance-view";
import type { ApiContext, Params } from "./orchestrators";

const statusCodes = { accepted: 202, unknown: 404, ended: 410 } as const;
const answerTo = (outcome: Accepted): WebhookResponse =>
  empty(statusCodes[outcome]);

/** `GET instances/{id}` */
export function getInstance(
  { hub }: ApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: Params,
): WebhookResponse {
  const instance = hub.find(instanceId);
  if (instance === undefined) return empty(404);
  const query = url.searchParams;
  const view = instanceView(instance, {
    showInput: isNotFalse(query, "showInput"),
  });
  if (!hasEnded(instance))
    return json(202, view, { location: url.href, "retry-after": "5" });
  const isServerError =
    instance.status === "Failed" &&
    query.get("returnInternalServerErrorOnFailure") === "true";
  return json(isServerError ? 500 : 200, view);
}

/** `GET instances`: all that pass the filters, in one page. */
export function listInstances(
  { hub }: ApiContext,
  { url }: WebhookRequest,
): WebhookResponse {
  const showInput = isNotFalse(url.searchParams, "showInput");
  const found = hub.list(filterOf(url.searchParams));
  return json(
    200,
    found.map((instance) => instanceView(instance, { showInput })),
    { "x-ms-continuation-token": "" },
  );
}

/** `POST instances/{id}/raiseEvent/{eventName}` */
export async function raiseEvent(
  { hub }: ApiContext,
  { headers, body }: WebhookRequest,
  { instanceId = "", eventName = "" }: Params,
): Promise<WebhookResponse> {
  if (!headers["content-type"]?.startsWith("application/json"))
    return refusal(400, "Only application/json request content is supported");
  const Input = jsonBody(body);
  if (Input === null) return refusal(400, "Invalid JSON content");
  const event = { EventType: EventType.EventRaised, Name: eventName, Input };
  return answerTo(await hub.send(instanceId, event));
}

/** `POST instances/{id}/terminate` */
export const terminateInstance = async (
  { hub }: ApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: Params,
): Promise<WebhookResponse> =>
  answerTo(await hub.terminate(instanceId, reasonIn(url)));

/** `POST instances/{id}/suspend` */
export const suspendInstance = (
  { hub }: ApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: Params,
): Promise<WebhookResponse> =>
  change(hub, instanceId, {
    verb: "suspend",
    isPossible: (status) => status !== "Suspended",
    type: EventType.ExecutionSuspended,
    reason: reasonIn(url),
  });

/** `POST instances/{id}/resume` */
export const resumeInstance = (
  { hub }: ApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: Params,
): Promise<WebhookResponse> =>
  change(hub, instanceId, {
    verb: "resume",
    isPossible: (status) => status === "Suspended",
    type: EventType.ExecutionResumed,
    reason: reasonIn(url),
  });

interface Change {
  readonly verb: string;
  readonly isPossible: (status: RuntimeStatus) => boolean;
  readonly type:
    typeof EventType.ExecutionSuspended | typeof EventType.ExecutionResumed;
  readonly reason: string;
}

async function change(
  hub: TaskHub,
  instanceId: string,
  { verb, isPossible, type, reason }: Change,
): Promise<WebhookResponse> {
  const instance = hub.find(instanceId);
  if (instance && !hasEnded(instance) && !isPossible(instance.status))
    return refusal(
      500,
      `Cannot ${verb} orchestration instance in the ${instance.status} state.`,
    );
  return answerTo(
    await hub.send(instanceId, { EventType: type, Reason: reason }),
  );
}

const reasonIn = (url: URL): string => url.searchParams.get("reason") ?? "";

const isNotFalse = (query: URLSearchParams, name: string): boolean =>
  query.get(name)?.toLowerCase() !== "false";

function filterOf(query: URLSearchParams): InstanceFilter {
  const status = query
    .getAll("runtimeStatus")
    .flatMap((list) => list.split(","))
    .filter((name) => name !== "") as RuntimeStatus[];
  const createdFrom = time(query, "createdTimeFrom");
  const createdTo = time(query, "createdTimeTo");
  const idPrefix = query.get("instanceIdPrefix");
  return {
    ...(status.length > 0 && { status }),
    ...(createdFrom !== undefined && { createdFrom }),
    ...(createdTo !== undefined && { createdTo }),
    ...(idPrefix !== null && { idPrefix }),
  };
}

function time(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new Refused(400, `'${name}' is not a time: '${text}'.`);
  return ms;
}
