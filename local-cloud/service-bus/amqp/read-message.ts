import type { SentMessage } from "../queue/message";
import { withMessageId } from "./properties";
import {
  type MessageSection,
  sectionCode,
  findSection,
  parseSections,
} from "./sections";
import { readItemSpans, malformedMessage, readScalar } from "./decoding";

/** Annotations that the broker sets itself, or takes into account and sets again. */
const ownAnnotations: ReadonlySet<string> = new Set([
  "x-opt-sequence-number",
  "x-opt-enqueue-sequence-number",
  "x-opt-enqueued-time",
  "x-opt-locked-until",
  "x-opt-message-state",
  "x-opt-partition-key",
  "x-opt-scheduled-enqueue-time",
]);

/**
 * Reads what the rules need of an encoded message, and keeps the rest as it is. A message without an id is given one:
 * a client cannot renew the lock of a message that has none. Throws `decode-error`.
 */
export function readMessage(bytes: Buffer, newId: () => string): SentMessage {
  const sections = parseSections(bytes);
  const { partitionKey, scheduledFor, annotations } = readAnnotations(
    bytes,
    findSection(sections, sectionCode.messageAnnotations),
  );
  const { messageId, sessionId } = readProperties(
    bytes,
    findSection(sections, sectionCode.properties),
  );
  const first = sections.find(({ code }) => code >= sectionCode.properties);
  if (first === undefined) throw malformedMessage("it has no body");
  const rest = bytes.subarray(first.start);
  const given = messageId ?? newId();
  return {
    messageId: given,
    sessionId,
    partitionKey,
    scheduledFor,
    annotations,
    ttlMs: readTtl(bytes, findSection(sections, sectionCode.header)),
    // A copy: the bytes are part of a network buffer, which would be kept as a whole.
    content:
      messageId === undefined ? withMessageId(rest, given) : Buffer.from(rest),
  };
}

/** The messages in a batch: each is a data section of the message that carries them. */
export function readBatch(bytes: Buffer, newId: () => string): SentMessage[] {
  return parseSections(bytes)
    .filter(({ code }) => code === sectionCode.data)
    .map(({ value }) => {
      const message = readScalar(bytes, value);
      if (!Buffer.isBuffer(message))
        throw malformedMessage("a part has no bytes");
      return readMessage(message, newId);
    });
}

function readTtl(bytes: Buffer, header: MessageSection | undefined) {
  const ttl = header && readItemSpans(bytes, header.value)[2];
  const value = ttl && readScalar(bytes, ttl.start);
  return typeof value === "number" ? value : undefined;
}

function readProperties(bytes: Buffer, properties: MessageSection | undefined) {
  const items = properties ? readItemSpans(bytes, properties.value) : [];
  const text = (index: number): string | undefined => {
    const item = items[index];
    const value = item && readScalar(bytes, item.start);
    if (value === undefined || value === "") return undefined;
    return Buffer.isBuffer(value) ? value.toString("hex") : String(value);
  };
  return { messageId: text(0), sessionId: text(10) };
}

function readAnnotations(bytes: Buffer, section: MessageSection | undefined) {
  const items = section ? readItemSpans(bytes, section.value) : [];
  const others: Buffer[] = [];
  const own = new Map<string, unknown>();
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [key, value] = [items[index], items[index + 1]];
    if (key === undefined || value === undefined) break;
    const name = readScalar(bytes, key.start);
    if (typeof name === "string" && ownAnnotations.has(name))
      own.set(name, readScalar(bytes, value.start));
    else others.push(bytes.subarray(key.start, value.end));
  }
  const partitionKey = own.get("x-opt-partition-key");
  const scheduledFor = own.get("x-opt-scheduled-enqueue-time");
  return {
    partitionKey: typeof partitionKey === "string" ? partitionKey : undefined,
    scheduledFor: typeof scheduledFor === "number" ? scheduledFor : undefined,
    annotations: Buffer.concat(others),
  };
}
