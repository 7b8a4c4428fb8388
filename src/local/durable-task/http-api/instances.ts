import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/extension";
import { EventType } from "../history-event";
import type { Accepted, TaskHub } from "../hub";
import { hasEnded, type Instance, type RuntimeStatus } from "../instance";
import { empty, json, jsonBody, refusal } from "./answer";
import { historyView } from "./history-view";
import { instanceView } from "./instance-view";
import type { ApiContext, Params } from "./orchestrators";
import { pageAnswer, pageOf, sliceOf } from "./paging";
import { instanceFilter, isNotFalse, isTrue } from "./query";

const statusCodes = { accepted: 202, unknown: 404, ended: 410 } as const;
const answerTo = (outcome: Accepted): WebhookResponse =>
  empty(statusCodes[outcome]);

/** `GET instances/{id}` */
export function getInstance(
  { hub }: ApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: Params,
): WebhookResponse {
  const instance = hub.findAny(instanceId);
  if (instance === undefined) return empty(404);
  const query = url.searchParams;
  const view = statusView(hub, instance, query);
  if (!hasEnded(instance))
    return json(202, view, { location: url.href, "retry-after": "5" });
  const isServerError =
    instance.status === "Failed" &&
    isTrue(query, "returnInternalServerErrorOnFailure");
  return json(isServerError ? 500 : 200, view);
}

function statusView(hub: TaskHub, instance: Instance, query: URLSearchParams) {
  const showInput = isNotFalse(query, "showInput");
  const view = instanceView(instance, { showInput });
  // What waits for its first episode has no history yet, and the field is left out.
  if (!isTrue(query, "showHistory") || instance.status === "Pending")
    return view;
  const showHistoryOutput = isTrue(query, "showHistoryOutput");
  const historyEvents = historyView(
    instance,
    hub.history(instance.instanceId),
    { showInput, showHistoryOutput },
  );
  return { ...view, historyEvents };
}

/** `GET instances`: all that pass the filters, page by page. */
export function listInstances(
  { hub }: ApiContext,
  request: WebhookRequest,
): WebhookResponse {
  const query = request.url.searchParams;
  const page = pageOf(request);
  const showInput = isNotFalse(query, "showInput");
  return pageAnswer(
    page,
    hub.list({ ...instanceFilter(query), ...sliceOf(page) }),
    ({ instanceId }) => instanceId,
    (instance) => instanceView(instance, { showInput }),
  );
}

/** `DELETE instances/{id}` */
export async function purgeInstance(
  { hub }: ApiContext,
  _: WebhookRequest,
  { instanceId = "" }: Params,
): Promise<WebhookResponse> {
  const outcome = await hub.purge(instanceId);
  if (outcome === undefined) return empty(404);
  return outcome === "purged"
    ? json(200, { instancesDeleted: 1 })
    : json(
        412,
        `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instanceId} has status ${outcome}`,
      );
}

/** `DELETE instances`: of those that pass the filter all that have ended. */
export async function purgeInstances(
  { hub }: ApiContext,
  { url }: WebhookRequest,
): Promise<WebhookResponse> {
  const filter = instanceFilter(url.searchParams);
  if (filter.createdFrom === undefined)
    return refusal(
      400,
      "Please provide value for 'createdTimeFrom' parameter.",
    );
  const instancesDeleted = await hub.purgeAll(filter);
  return instancesDeleted === 0 ? empty(404) : json(200, { instancesDeleted });
}

/** `POST instances/{id}/rewind` */
export async function rewindInstance(
  { hub }: ApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: Params,
): Promise<WebhookResponse> {
  const outcome = await hub.rewind(instanceId, reasonIn(url));
  if (outcome === undefined)
    return json(404, `No instance with ID '${instanceId}' was found.`);
  return outcome === "accepted"
    ? empty(202)
    : json(
        412,
        `This orchestration has status ${outcome}, but only orchestrations in the "Failed" state can be rewound.`,
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
