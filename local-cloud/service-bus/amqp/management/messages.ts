import { types } from "rhea";
import type { SentMessage } from "../../queue/message";
import { ServiceBusError } from "../../service-bus-error";
import { maxMessageBytes, requireSendTarget } from "../inbound-link";
import { uuidToBytes } from "../lock-token";
import { withoutBody } from "../properties";
import { readMessage } from "../read-message";
import { writeMessage } from "../write-message";
import {
  findRequestSession,
  invalidField,
  isBuffer,
  isNumber,
  type ManagementOperation,
  type ManagementRequest,
  readList,
  readNumber,
  requireQueue,
  untilCommitted,
} from "./request";

/** Limits of one response. A client that wants more messages peeks again from the last sequence number. */
const maxPeekedBytes = 1024 * 1024;
const maxPeekedMessages = 1000;

export const peekMessage: ManagementOperation = (request) => {
  const { queue } = requireQueue(request);
  const sessionId = request.body["session-id"];
  const found = request.peer.broker.store.peek(queue.id, {
    from: readNumber(request, "from-sequence-number"),
    limit: Math.min(readNumber(request, "message-count"), maxPeekedMessages),
    ...(typeof sessionId === "string" && { sessionId }),
  });
  const omitsBody = request.body["omit-message-body"] === true;
  const messages: { readonly message: Buffer }[] = [];
  let bytes = 0;
  for (const stored of found) {
    const content = omitsBody ? withoutBody(stored.content) : stored.content;
    const message = writeMessage(stored, content);
    bytes += message.length;
    if (messages.length > 0 && bytes > maxPeekedBytes) break;
    messages.push({ message });
  }
  return messages.length > 0 ? { messages } : undefined;
};

export const scheduleMessage: ManagementOperation = async (request) => {
  const queue = requireSendTarget(request.entity);
  const messages = readScheduledMessages(request);
  for (const message of messages) queue.validate(message);
  let sequences: readonly (number | undefined)[] = [];
  await untilCommitted((onCommitted) => {
    sequences = queue.send(messages, onCommitted);
  });
  // 0 for a dropped duplicate: there is no message to cancel.
  const numbers = sequences.map((sequence) => sequence ?? 0);
  return { "sequence-numbers": types.wrap_array(numbers, 0x81, undefined) };
};

const readScheduledMessages = (
  request: ManagementRequest,
): readonly SentMessage[] =>
  readList(request, "messages", hasMessage).map(({ message }) => {
    if (message.length > maxMessageBytes)
      throw new ServiceBusError(
        "amqp:link:message-size-exceeded",
        `The message (${message.length} bytes) exceeds the limit (${maxMessageBytes} bytes).`,
      );
    return readMessage(message, request.peer.broker.newId);
  });

const hasMessage = (value: unknown): value is { readonly message: Buffer } =>
  typeof value === "object" &&
  value !== null &&
  "message" in value &&
  isBuffer(value.message);

export const cancelScheduledMessage: ManagementOperation = async (request) => {
  const queue = requireSendTarget(request.entity);
  const sequences = readList(request, "sequence-numbers", isNumber);
  await untilCommitted((onCommitted) => {
    queue.cancelScheduled(sequences, onCommitted);
  });
  return {};
};

export const receiveBySequenceNumber: ManagementOperation = async (request) => {
  const dispatcher = requireQueue(request);
  const { queue } = dispatcher;
  queue.processDeadlines();
  const session = findRequestSession(request);
  if (queue.sessions && session === undefined)
    throw invalidField(
      "session-id",
      "the id of a session that the client has locked",
    );
  const sequences = readList(request, "sequence-numbers", isNumber);
  const deferred = queue.findDeferred(sequences, session).map((message) => ({
    message,
    content: queue.messages.readContent(message),
  }));
  if (request.body["receiver-settle-mode"] === 0) {
    await untilCommitted((onCommitted) => {
      const messages = deferred.map(({ message }) => message);
      queue.messages.remove(messages, onCommitted);
    });
    return {
      messages: deferred.map(({ message, content }) => ({
        message: writeMessage(message, content),
      })),
    };
  }
  const messages = deferred.map(({ message, content }) => {
    const lock = queue.lock(message, session);
    return {
      message: writeMessage(message, content, lock),
      "lock-token": types.wrap_uuid(uuidToBytes(lock.token)),
    };
  });
  dispatcher.scheduleWakeUp();
  return { messages };
};
