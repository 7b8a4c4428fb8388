import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/core/extension";
import { EventType } from "../model/history-event";
import type { SendOutcome, TaskHub } from "../engine/task-hub";
import {
  isInstanceEnded,
  type Instance,
  type RuntimeStatus,
} from "../model/instance";
import {
  emptyResponse,
  jsonWebhookResponse,
  parseJsonBody,
  errorResponse,
} from "./responses";
import { toHistoryView } from "./history-view";
import { toInstanceView } from "./instance-view";
import type { DurableApiContext, RouteParams } from "./orchestrator-endpoints";
import { pageResponse, parsePageRequest, toListRange } from "./paging";
import {
  parseInstanceFilter,
  isNotFalseParameter,
  isTrueParameter,
} from "./query-parameters";

const statusCodes = { accepted: 202, unknown: 404, ended: 410 } as const;
const toResponse = (outcome: SendOutcome): WebhookResponse =>
  emptyResponse(statusCodes[outcome]);

/** `GET instances/{id}` */
export function getInstance(
  { hub }: DurableApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: RouteParams,
): WebhookResponse {
  const instance = hub.getInstanceOrEntity(instanceId);
  if (instance === undefined) return emptyResponse(404);
  const query = url.searchParams;
  const view = statusView(hub, instance, query);
  if (!isInstanceEnded(instance))
    return jsonWebhookResponse(202, view, {
      location: url.href,
      "retry-after": "5",
    });
  const isServerError =
    instance.status === "Failed" &&
    isTrueParameter(query, "returnInternalServerErrorOnFailure");
  return jsonWebhookResponse(isServerError ? 500 : 200, view);
}

function statusView(hub: TaskHub, instance: Instance, query: URLSearchParams) {
  const showInput = isNotFalseParameter(query, "showInput");
  const view = toInstanceView(instance, { showInput });
  // A pending instance has no history yet, and the field is omitted.
  if (!isTrueParameter(query, "showHistory") || instance.status === "Pending")
    return view;
  const showHistoryOutput = isTrueParameter(query, "showHistoryOutput");
  const historyEvents = toHistoryView(
    instance,
    hub.getHistory(instance.instanceId),
    {
      showInput,
      showHistoryOutput,
      hasTaskInputs: hub.settings.storeInputsInOrchestrationHistory,
    },
  );
  return { ...view, historyEvents };
}

/** `GET instances`. Lists the instances that match the filter in pages. */
export function listInstances(
  { hub }: DurableApiContext,
  request: WebhookRequest,
): WebhookResponse {
  const query = request.url.searchParams;
  const page = parsePageRequest(request);
  const showInput = isNotFalseParameter(query, "showInput");
  return pageResponse(
    page,
    hub.listInstances({ ...parseInstanceFilter(query), ...toListRange(page) }),
    ({ instanceId }) => instanceId,
    (instance) => toInstanceView(instance, { showInput }),
  );
}

/** `DELETE instances/{id}` */
export async function purgeInstance(
  { hub }: DurableApiContext,
  _: WebhookRequest,
  { instanceId = "" }: RouteParams,
): Promise<WebhookResponse> {
  const outcome = await hub.purge(instanceId);
  if (outcome === undefined) return emptyResponse(404);
  return outcome === "purged"
    ? jsonWebhookResponse(200, { instancesDeleted: 1 })
    : jsonWebhookResponse(
        412,
        `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instanceId} has status ${outcome}`,
      );
}

/** `DELETE instances`. Purges the ended instances that match the filter. */
export async function purgeInstances(
  { hub }: DurableApiContext,
  { url }: WebhookRequest,
): Promise<WebhookResponse> {
  const filter = parseInstanceFilter(url.searchParams);
  if (filter.createdFrom === undefined)
    return jsonWebhookResponse(
      400,
      "Please provide value for 'createdTimeFrom' parameter.",
    );
  const instancesDeleted = await hub.purgeInstances(filter);
  return instancesDeleted === 0
    ? emptyResponse(404)
    : jsonWebhookResponse(200, { instancesDeleted });
}

/** `POST instances/{id}/rewind` */
export async function rewindInstance(
  { hub }: DurableApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: RouteParams,
): Promise<WebhookResponse> {
  const outcome = await hub.rewind(instanceId, parseReason(url));
  if (outcome === undefined)
    return jsonWebhookResponse(
      404,
      `No orchestration with instance ID "$${instanceId}" found.`,
    );
  return outcome === "accepted"
    ? emptyResponse(202)
    : jsonWebhookResponse(
        412,
        `This orchestration has status ${outcome}, but only orchestrations in the "Failed" state can be rewound.`,
      );
}

/** `POST instances/{id}/raiseEvent/{eventName}` */
export async function raiseEvent(
  { hub }: DurableApiContext,
  { headers, body }: WebhookRequest,
  { instanceId = "", eventName = "" }: RouteParams,
): Promise<WebhookResponse> {
  if (!headers["content-type"]?.startsWith("application/json"))
    return errorResponse(
      400,
      "Only application/json request content is supported",
    );
  const Input = parseJsonBody(body);
  if (Input === null) return errorResponse(400, "Invalid JSON content");
  const event = { EventType: EventType.EventRaised, Name: eventName, Input };
  return toResponse(await hub.send(instanceId, event));
}

/** `POST instances/{id}/terminate` */
export const terminateInstance = async (
  { hub }: DurableApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: RouteParams,
): Promise<WebhookResponse> =>
  toResponse(await hub.terminate(instanceId, parseReason(url)));

/** `POST instances/{id}/suspend` */
export const suspendInstance = (
  { hub }: DurableApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: RouteParams,
): Promise<WebhookResponse> =>
  changeStatus(hub, instanceId, {
    verb: "suspend",
    isValidFrom: (status) => status !== "Suspended",
    type: EventType.ExecutionSuspended,
    reason: parseReason(url),
  });

/** `POST instances/{id}/resume` */
export const resumeInstance = (
  { hub }: DurableApiContext,
  { url }: WebhookRequest,
  { instanceId = "" }: RouteParams,
): Promise<WebhookResponse> =>
  changeStatus(hub, instanceId, {
    verb: "resume",
    isValidFrom: (status) => status === "Suspended",
    type: EventType.ExecutionResumed,
    reason: parseReason(url),
  });

interface StatusChange {
  readonly verb: string;
  readonly isValidFrom: (status: RuntimeStatus) => boolean;
  readonly type:
    typeof EventType.ExecutionSuspended | typeof EventType.ExecutionResumed;
  readonly reason: string | null;
}

async function changeStatus(
  hub: TaskHub,
  instanceId: string,
  { verb, isValidFrom, type, reason }: StatusChange,
): Promise<WebhookResponse> {
  const instance = hub.getInstance(instanceId);
  if (instance && !isInstanceEnded(instance) && !isValidFrom(instance.status))
    return errorResponse(
      500,
      `Cannot ${verb} orchestration instance in the ${instance.status} state.`,
    );
  return toResponse(
    await hub.send(instanceId, { EventType: type, Reason: reason }),
  );
}

const parseReason = (url: URL): string | null => url.searchParams.get("reason");
