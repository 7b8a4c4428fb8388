import { setTimeout as delay } from "node:timers/promises";
import { toFailure } from "../../domain/errors";
import type { Messaging } from "../ports";
import { toErrorCode, type Log, logEvent } from "../../telemetry/log/log-event";
import type { FieldError } from "../../orchestrations/request/request-error";
import type {
  TaskHubClient,
  TaskHubContext,
} from "../../orchestrations/task-hub";
import { reconcileWithHub } from "../../orchestrations/reconcile";
import type { StartDependencies } from "../../orchestrations/start/start-dependencies";
import { startOnce } from "../../orchestrations/start/start-once";
import { entityNameSchema } from "../../orchestrations/request/start-request";
import {
  type AbandonDisposition,
  abandonDisposition,
  type StartAttempt,
  decideDisposition,
  type DeadLetterDisposition,
} from "./decide-disposition";
import {
  isJsonObject,
  readRequestMessage,
  readReplyAddress,
} from "./read-request-message";
import type { ReceivedMessage } from "./received-message";
import { buildRejectedCopy, buildRejectedResponse } from "./rejection-messages";

export interface MessageDependencies extends StartDependencies {
  messaging(): Messaging;
}

/**
 * Does what a message asks for. Returning completes it: the work is done, durably, by then. Throwing abandons it: the
 * broker delivers it again, and puts it away when it has been delivered too often.
 */
export async function handleRequestMessage(
  message: ReceivedMessage,
  services: MessageDependencies,
  hub: TaskHubClient,
  log: Log,
): Promise<void> {
  const { deliveryCount, messageId, queue } = message;
  const attempt = await attempted(() =>
    startRequested(message, services, { hub, by: "message", log }),
  );
  const outcome = decideDisposition(attempt, deliveryCount);
  switch (outcome.kind) {
    case "complete":
      return;
    case "abandon":
      return giveBack(message, outcome, log);
    case "deadLetter": {
      const rejected = await attempted(() =>
        reject(message, outcome, services.messaging()),
      );
      if (!rejected.ok)
        await giveBack(
          message,
          abandonDisposition(rejected.thrown, deliveryCount),
          log,
        );
      logEvent(log, "message.rejected", {
        messageId,
        queue,
        code: outcome.reason,
      });
    }
  }
}

async function giveBack(
  { messageId, queue, deliveryCount }: ReceivedMessage,
  { error, pauseMs }: AbandonDisposition,
  log: Log,
): Promise<never> {
  logEvent(log, "message.given_back", {
    messageId,
    queue,
    delivery: deliveryCount,
    code: toErrorCode(error),
  });
  await delay(pauseMs);
  throw error;
}

const attempted = (work: () => Promise<void>): Promise<StartAttempt> =>
  work().then(
    () => ({ ok: true }),
    (thrown: unknown) => ({ ok: false, thrown }),
  );

async function startRequested(
  message: ReceivedMessage,
  services: StartDependencies,
  on: TaskHubContext,
): Promise<void> {
  const started = await startOnce(readRequestMessage(message), services, on);
  // One that was claimed and has not begun may be known to the hub or left to the sweeper; a hub that does not answer
  // is a reason to keep the message.
  if (started.as === "existing")
    await reconcileWithHub(started.claim, {
      ...on,
      storage: services.storage(),
    });
}

/** The answer first: that it cannot be sent is one more thing to be told with the copy. */
async function reject(
  message: ReceivedMessage,
  rejection: DeadLetterDisposition,
  messaging: Messaging,
): Promise<void> {
  const errors = await respond(message, rejection, messaging);
  await messaging.send(
    buildRejectedCopy(message, {
      ...rejection,
      errors: [...rejection.errors, ...errors],
    }),
  );
}

async function respond(
  message: ReceivedMessage,
  rejection: DeadLetterDisposition,
  messaging: Messaging,
): Promise<readonly FieldError[]> {
  const reply = readReplyAddress(message, replyInBody(message.body));
  if (reply === undefined || !isEntityName(reply.queue)) return [];
  try {
    await messaging.send(buildRejectedResponse(message, reply, rejection));
    return [];
  } catch (error) {
    const { code, message: text } = toFailure(error);
    if (code !== "queue_not_found" && code !== "message_refused") throw error;
    return [{ pointer: "/message/replyTo", detail: text }];
  }
}

const isEntityName = (name: string): boolean =>
  entityNameSchema.safeParse(name).success;

const replyInBody = (body: unknown): string | undefined =>
  isJsonObject(body) && typeof body["replyTo"] === "string"
    ? body["replyTo"]
    : undefined;
