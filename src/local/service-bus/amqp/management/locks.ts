import { types } from "rhea";
import type { Outcome, PropertyChanges } from "../../rules/message";
import { uuidText } from "../lock-token";
import {
  invalid,
  isBuffer,
  listOf,
  onDisk,
  type Operation,
  queueOf,
  type Request,
  requiredSession,
  sessionOf,
} from "./request";

const tokensOf = (request: Request): readonly string[] =>
  listOf(request, "lock-tokens", isBuffer).map(uuidText);

export const renewLock: Operation = (request) => {
  const queue = queueOf(request);
  const expirations = queue.rules.renew(tokensOf(request));
  queue.arm();
  return { expirations: types.wrap_array(expirations, 0x83, undefined) };
};

export const updateDisposition: Operation = async (request) => {
  const { rules } = queueOf(request);
  sessionOf(request);
  const outcome = outcomeOf(request);
  await Promise.all(
    tokensOf(request).map((token) =>
      onDisk((landed) => {
        rules.settle(token, outcome, landed);
      }),
    ),
  );
  return {};
};

function outcomeOf({ body }: Request): Outcome {
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
      throw invalid(
        "disposition-status",
        "completed, abandoned, defered or suspended",
      );
  }
}

const named = (name: string, value: unknown): PropertyChanges =>
  typeof value === "string" ? { [name]: value } : {};

export const renewSessionLock: Operation = (request) => {
  const queue = queueOf(request);
  queue.rules.passTime();
  const session = requiredSession(request);
  const until = queue.rules.sessions?.renew(session) ?? 0;
  queue.arm();
  return { expiration: types.wrap_timestamp(until) };
};
