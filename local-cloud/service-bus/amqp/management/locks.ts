import { types } from "rhea";
import type { PropertyChanges, SettlementOutcome } from "../../queue/message";
import { formatUuid } from "../lock-token";
import { readPropertyChanges } from "../property-changes";
import {
  findRequestSession,
  invalidField,
  isBuffer,
  type ManagementOperation,
  type ManagementRequest,
  readList,
  requireQueue,
  requireSession,
  untilCommitted,
} from "./request";

const readLockTokens = (request: ManagementRequest): readonly string[] =>
  readList(request, "lock-tokens", isBuffer).map(formatUuid);

export const renewLock: ManagementOperation = (request) => {
  const dispatcher = requireQueue(request);
  const expirations = dispatcher.queue.renewLocks(readLockTokens(request));
  dispatcher.scheduleWakeUp();
  return { expirations: types.wrap_array(expirations, 0x83, undefined) };
};

export const updateDisposition: ManagementOperation = async (request) => {
  const { queue } = requireQueue(request);
  findRequestSession(request);
  const outcome = readOutcome(request);
  await Promise.all(
    readLockTokens(request).map((token) =>
      untilCommitted((onCommitted) => {
        queue.settle(token, outcome, onCommitted);
      }),
    ),
  );
  return {};
};

function readOutcome({ body, bytes }: ManagementRequest): SettlementOutcome {
  const properties = readPropertyChanges(bytes, "properties-to-modify");
  switch (body["disposition-status"]) {
    case "completed":
      return { kind: "complete" };
    case "abandoned":
      return { kind: "abandon", properties };
    case "defered": // the spelling of the protocol
      return { kind: "defer", properties };
    case "suspended":
      return {
        kind: "dead-letter",
        properties: {
          ...properties,
          ...toProperty("DeadLetterReason", body["deadletter-reason"]),
          ...toProperty(
            "DeadLetterErrorDescription",
            body["deadletter-description"],
          ),
        },
      };
    default:
      throw invalidField(
        "disposition-status",
        "completed, abandoned, defered or suspended",
      );
  }
}

const toProperty = (name: string, value: unknown): PropertyChanges =>
  typeof value === "string" ? { [name]: value } : {};

export const renewSessionLock: ManagementOperation = (request) => {
  const dispatcher = requireQueue(request);
  dispatcher.queue.processDeadlines();
  const session = requireSession(request);
  const until = dispatcher.queue.sessions?.renew(session) ?? 0;
  dispatcher.scheduleWakeUp();
  return { expiration: types.wrap_timestamp(until) };
};
