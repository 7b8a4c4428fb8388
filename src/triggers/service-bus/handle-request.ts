import { setTimeout as delay } from "node:timers/promises";
import { toFailure } from "../../errors";
import type { Messaging } from "../../messaging/ports";
import { codeIn, type Log, logEvent } from "../../telemetry/log";
import type { FieldError } from "../request-error";
import type { Hub, Starting } from "../start/hub";
import { reconcile } from "../start/reconcile";
import type { StartServices } from "../start/services";
import { start } from "../start/start";
import { entityNameSchema } from "../start/start-request";
import {
  type Abandon,
  abandon,
  type Attempt,
  decide,
  type Rejection,
} from "./decide";
import { isObject, readRequest, replyOf } from "./read-request";
import type { ReceivedMessage } from "./received-message";
import { rejectedCopy, rejectedResponse } from "./rejection";

export interface MessageServices extends StartServices {
  messaging(): Messaging;
}

/**
 * Does what a message asks for. Returning completes it: the work is done, durably, by then. Throwing abandons it: the
 * broker delivers it again, and puts it away when it has been delivered too often.
 */
export async function handleRequest(
  message: ReceivedMessage,
  services: MessageServices,
  hub: Hub,
  log: Log,
): Promise<void> {
  const { deliveryCount, messageId, queue } = message;
  const attempt = await attempted(() =>
    startRequested(message, services, { hub, by: "message", log }),
  );
  const outcome = decide(attempt, deliveryCount);
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
        await giveBack(message, abandon(rejected.thrown, deliveryCount), log);
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
  { error, pauseMs }: Abandon,
  log: Log,
): Promise<never> {
  logEvent(log, "message.given_back", {
    messageId,
    queue,
    delivery: deliveryCount,
    code: codeIn(error),
  });
  await delay(pauseMs);
  throw error;
}

const attempted = (work: () => Promise<void>): Promise<Attempt> =>
  work().then(
    () => ({ ok: true }),
    (thrown: unknown) => ({ ok: false, thrown }),
  );

async function startRequested(
  message: ReceivedMessage,
  services: StartServices,
  on: Starting,
): Promise<void> {
  const started = await start(readRequest(message), services, on);
  // One that was claimed and has not begun may be known to the hub or left to the sweeper; a hub that does not answer
  // is a reason to keep the message.
  if (started.as === "existing")
    await reconcile(started.claim, { ...on, storage: services.storage() });
}

/** The answer first: that it cannot be sent is one more thing to be told with the copy. */
async function reject(
  message: ReceivedMessage,
  rejection: Rejection,
  messaging: Messaging,
): Promise<void> {
  const errors = await respond(message, rejection, messaging);
  await messaging.send(
    rejectedCopy(message, {
      ...rejection,
      errors: [...rejection.errors, ...errors],
    }),
  );
}

async function respond(
  message: ReceivedMessage,
  rejection: Rejection,
  messaging: Messaging,
): Promise<readonly FieldError[]> {
  const reply = replyOf(message, replyInBody(message.body));
  if (reply === undefined || !isEntityName(reply.queue)) return [];
  try {
    await messaging.send(rejectedResponse(message, reply, rejection));
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
  isObject(body) && typeof body["replyTo"] === "string"
    ? body["replyTo"]
    : undefined;
