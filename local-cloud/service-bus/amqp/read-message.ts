import type { SentMessage } from "../queue/message";
import { withMessageId } from "./properties";
import {
  type MessageSection,
  sectionCode,
  findSection,
  parseSections,
} from "./sections";
import { readItemSpans, malformedMessage, readScalar } from "./decoding";

/** Annotations that the broker sets itself, or interprets and sets again. */
const brokerAnnotations: ReadonlySet<string> = new Set([
  "x-opt-sequence-number",
  "x-opt-enqueue-sequence-number",
  "x-opt-enqueued-time",
  "x-opt-locked-until",
  "x-opt-message-state",
  "x-opt-partition-key",
  "x-opt-scheduled-enqueue-time",
]);

/**
 * Reads the fields of an encoded message that the broker needs, and keeps the rest encoded. Assigns an id to a message
 * without one, because clients cannot renew the lock of such a message. Throws `decode-error`.
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
  const id = messageId ?? newId();
  return {
    messageId: id,
    sessionId,
    partitionKey,
    scheduledFor,
    annotations,
    ttlMs: readTtl(bytes, findSection(sections, sectionCode.header)),
    // Copied, because a slice would keep the entire network buffer in memory.
    content:
      messageId === undefined ? withMessageId(rest, id) : Buffer.from(rest),
  };
}

/** Reads a batch, whose data sections contain one encoded message each. */
export function readBatch(bytes: Buffer, newId: () => string): SentMessage[] {
  return parseSections(bytes)
    .filter(({ code }) => code === sectionCode.data)
    .map(({ value }) => {
      const message = readScalar(bytes, value);
      if (!Buffer.isBuffer(message))
        throw malformedMessage("a data section of the batch has no bytes");
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
  const readText = (index: number): string | undefined => {
    const item = items[index];
    const value = item && readScalar(bytes, item.start);
    if (value === undefined || value === "") return undefined;
    return Buffer.isBuffer(value) ? value.toString("hex") : String(value);
  };
  return { messageId: readText(0), sessionId: readText(10) };
}

function readAnnotations(bytes: Buffer, section: MessageSection | undefined) {
  const items = section ? readItemSpans(bytes, section.value) : [];
  const others: Buffer[] = [];
  const known = new Map<string, unknown>();
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [key, value] = [items[index], items[index + 1]];
    if (key === undefined || value === undefined) break;
    const name = readScalar(bytes, key.start);
    if (typeof name === "string" && brokerAnnotations.has(name))
      known.set(name, readScalar(bytes, value.start));
    else others.push(bytes.subarray(key.start, value.end));
  }
  const partitionKey = known.get("x-opt-partition-key");
  const scheduledFor = known.get("x-opt-scheduled-enqueue-time");
  return {
    partitionKey: typeof partitionKey === "string" ? partitionKey : undefined,
    scheduledFor: typeof scheduledFor === "number" ? scheduledFor : undefined,
    annotations: Buffer.concat(others),
  };
}
