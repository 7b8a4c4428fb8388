import { types } from "rhea";
import type { SettlementOutcome, PropertyChanges } from "../../queue/message";
import { formatUuid } from "../lock-token";
import {
  invalidField,
  isBuffer,
  readList,
  untilCommitted,
  type ManagementOperation,
  requireQueue,
  type ManagementRequest,
  requireSession,
  findRequestSession,
} from "./request";

const tokensOf = (request: ManagementRequest): readonly string[] =>
  readList(request, "lock-tokens", isBuffer).map(formatUuid);

export const renewLock: ManagementOperation = (request) => {
  const queue = requireQueue(request);
  const expirations = queue.rules.renew(tokensOf(request));
  queue.arm();
  return { expirations: types.wrap_array(expirations, 0x83, undefined) };
};

export const updateDisposition: ManagementOperation = async (request) => {
  const { rules } = requireQueue(request);
  findRequestSession(request);
  const outcome = outcomeOf(request);
  await Promise.all(
    tokensOf(request).map((token) =>
      untilCommitted((landed) => {
        rules.settle(token, outcome, landed);
      }),
    ),
  );
  return {};
};

function outcomeOf({ body }: ManagementRequest): SettlementOutcome {
  const properties = (body["properties-to-modify"] ?? {}) as PropertyChanges;
  switch (body["disposition-status"]) {
    case "completed":
      return { kind: "complete" };
    case "abandoned":
      return { kind: "abandon", properties };
    case "defered": // so it is spelled on the wire
      return { kind: "defer", properties };
    case "suspended":
      return {
        kind: "dead-letter",
        properties: {
          ...properties,
          ...named("DeadLetterReason", body["deadletter-reason"]),
          ...named(
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

const named = (name: string, value: unknown): PropertyChanges =>
  typeof value === "string" ? { [name]: value } : {};

export const renewSessionLock: ManagementOperation = (request) => {
  const queue = requireQueue(request);
  queue.rules.passTime();
  const session = requireSession(request);
  const until = queue.rules.sessions?.renew(session) ?? 0;
  queue.arm();
  return { expiration: types.wrap_timestamp(until) };
};
