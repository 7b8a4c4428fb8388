import { setTimeout as delay } from "node:timers/promises";
import { toFailure } from "../../domain/errors";
import { isJsonObject } from "../../domain/json";
import { reconcileWithHub } from "../../orchestrations/end/reconcile";
import type { FieldError } from "../../orchestrations/request/request-error";
import { entityNameSchema } from "../../orchestrations/request/start-request";
import type { StartDependencies } from "../../orchestrations/start/start-dependencies";
import { startOnce } from "../../orchestrations/start/start-once";
import type {
  TaskHubClient,
  TaskHubContext,
} from "../../orchestrations/task-hub";
import { type Log, logEvent, toErrorCode } from "../../telemetry/log/log-event";
import type { Messaging } from "../ports";
import {
  type AbandonDisposition,
  abandonDisposition,
  type DeadLetterDisposition,
  decideDisposition,
  type StartAttempt,
} from "./decide-disposition";
import { parseMessageBody } from "./parse-message-body";
import { readReplyAddress, readRequestMessage } from "./read-request-message";
import type { ReceivedMessage } from "./received-message";
import { buildRejectedCopy, buildRejectedResponse } from "./rejection-messages";

export interface MessageDependencies extends StartDependencies {
  messaging(): Messaging;
}

/**
 * Starts the requested orchestration. The Functions host completes the message when this function returns, and abandons it
 * when it throws. It returns only after the orchestration is stored or the rejection is sent, and throws if a redelivery
 * may succeed.
 */
export async function handleRequestMessage(
  message: ReceivedMessage,
  dependencies: MessageDependencies,
  hub: TaskHubClient,
  log: Log,
): Promise<void> {
  const { deliveryCount, messageId, queue } = message;
  const attempt = await attemptTo(() =>
    startOrchestration(message, dependencies, { hub, by: "message", log }),
  );
  const disposition = decideDisposition(attempt, deliveryCount);
  switch (disposition.kind) {
    case "complete":
      return;
    case "abandon":
      return abandon(message, disposition, log);
    case "deadLetter": {
      const rejection = await attemptTo(() =>
        reject(message, disposition, dependencies.messaging()),
      );
      if (!rejection.ok)
        await abandon(
          message,
          abandonDisposition(rejection.thrown, deliveryCount),
          log,
        );
      logEvent(log, "message.rejected", {
        messageId,
        queue,
        code: disposition.reason,
      });
    }
  }
}

async function abandon(
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

const attemptTo = (work: () => Promise<void>): Promise<StartAttempt> =>
  work().then(
    () => ({ ok: true }),
    (thrown: unknown) => ({ ok: false, thrown }),
  );

async function startOrchestration(
  message: ReceivedMessage,
  dependencies: MessageDependencies,
  context: TaskHubContext,
): Promise<void> {
  const started = await startOnce(
    readRequestMessage(message),
    dependencies,
    context,
  );
  // Throws if the task hub is unavailable, so that the message is redelivered.
  if (started.kind === "existing")
    await reconcileWithHub(started.claim, {
      ...dependencies,
      ...context,
      storage: dependencies.storage(),
    });
}

/** Sends the response before the copy, so that the copy can contain the error if the response could not be sent. */
async function reject(
  message: ReceivedMessage,
  disposition: DeadLetterDisposition,
  messaging: Messaging,
): Promise<void> {
  const replyErrors = await sendRejectedResponse(
    message,
    disposition,
    messaging,
  );
  await messaging.send(
    buildRejectedCopy(message, {
      ...disposition,
      errors: [...disposition.errors, ...replyErrors],
    }),
  );
}

async function sendRejectedResponse(
  message: ReceivedMessage,
  disposition: DeadLetterDisposition,
  messaging: Messaging,
): Promise<readonly FieldError[]> {
  const reply = readReplyAddress(message, readBodyReplyTo(message));
  if (reply === undefined || !isEntityName(reply.queue)) return [];
  try {
    await messaging.send(buildRejectedResponse(message, reply, disposition));
    return [];
  } catch (error) {
    const { code, message: detail } = toFailure(error);
    if (code !== "queue_not_found" && code !== "message_refused") throw error;
    return [{ pointer: "/message/replyTo", detail }];
  }
}

const isEntityName = (name: string): boolean =>
  entityNameSchema.safeParse(name).success;

/** Undefined also for a body that cannot be parsed, which is why the message was rejected. */
function readBodyReplyTo({ body }: ReceivedMessage): string | undefined {
  try {
    const value = parseMessageBody(body);
    return isJsonObject(value) && typeof value["replyTo"] === "string"
      ? value["replyTo"]
      : undefined;
  } catch {
    return undefined;
  }
}
