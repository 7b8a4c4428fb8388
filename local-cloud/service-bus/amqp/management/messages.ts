import { types } from "rhea";
import type { MessageContent, BrokerMessage } from "../../queue/message";
import { ServiceBusError } from "../../service-bus-error";
import { maxMessageBytes, requireSendTarget } from "../inbound-link";
import { uuidToBytes } from "../lock-token";
import { readMessage } from "../read-message";
import { withoutBody } from "../properties";
import { writeMessage } from "../write-message";
import {
  invalidField,
  isBuffer,
  isNumber,
  readList,
  readNumber,
  untilCommitted,
  type ManagementOperation,
  requireQueue,
  findRequestSession,
} from "./request";

/** An answer holds no more than this; whoever wants more asks again from where it ends. */
const maxPeekedBytes = 1024 * 1024;
const maxPeeked = 1000;

export const peekMessage: ManagementOperation = (request) => {
  const { rules } = requireQueue(request);
  const sessionId = request.body["session-id"];
  const found = request.peer.broker.store.peek(rules.id, {
    from: readNumber(request, "from-sequence-number"),
    limit: Math.min(readNumber(request, "message-count"), maxPeeked),
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
  const { rules } = requireSendTarget(request.entity);
  const encoded = readList(request, "messages", isScheduled);
  const arrivals = encoded.map(({ message }) => {
    if (message.length > maxMessageBytes)
      throw new ServiceBusError(
        "amqp:link:message-size-exceeded",
        `The message (${message.length} bytes) exceeds the limit (${maxMessageBytes} bytes).`,
      );
    return readMessage(message, request.peer.broker.newId);
  });
  for (const arrival of arrivals) rules.check(arrival);
  let sequences: readonly (number | undefined)[] = [];
  await untilCommitted((landed) => {
    sequences = rules.send(arrivals, landed);
  });
  // A duplicate was dropped: there is no message to cancel.
  const numbers = sequences.map((sequence) => sequence ?? 0);
  return { "sequence-numbers": types.wrap_array(numbers, 0x81, undefined) };
};

const isScheduled = (value: unknown): value is { readonly message: Buffer } =>
  typeof value === "object" &&
  value !== null &&
  "message" in value &&
  isBuffer(value.message);

export const cancelScheduledMessage: ManagementOperation = async (request) => {
  const { rules } = requireSendTarget(request.entity);
  const sequences = readList(request, "sequence-numbers", isNumber);
  await untilCommitted((landed) => {
    rules.cancelScheduled(sequences, landed);
  });
  return {};
};

export const receiveBySequenceNumber: ManagementOperation = async (request) => {
  const queue = requireQueue(request);
  const { rules } = queue;
  rules.passTime();
  const session = findRequestSession(request);
  if (rules.sessions && session === undefined)
    throw invalidField(
      "session-id",
      "the id of a session that the client holds",
    );
  const sequences = readList(request, "sequence-numbers", isNumber);
  const messages = rules.findDeferred(sequences, session);
  const contents = messages.map((message) => rules.contentOf(message));
  if (request.body["receiver-settle-mode"] === 0) {
    await untilCommitted((landed) => {
      rules.messages.remove(messages, landed);
    });
    return { messages: messages.map(encodedWith(contents)) };
  }
  const answer = messages.map((message, index) => {
    const lock = rules.lock(message, session);
    const content = contents[index] ?? Buffer.alloc(0);
    return {
      message: writeMessage(message, content, lock),
      "lock-token": types.wrap_uuid(uuidToBytes(lock.token)),
    };
  });
  queue.arm();
  return { messages: answer };
};

const encodedWith =
  (contents: readonly MessageContent[]) =>
  (message: BrokerMessage, index: number) => ({
    message: writeMessage(message, contents[index] ?? Buffer.alloc(0)),
  });
