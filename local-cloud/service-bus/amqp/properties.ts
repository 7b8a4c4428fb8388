/** Functions that change a message's properties and preserve all other bytes. */
import { message as codec } from "rhea";
import type { MessageContent, PropertyChanges } from "../queue/message";
import { encodeCompound, encodeDescribed, encodeString } from "./encoding";
import { sectionCode, findSection, parseSections } from "./sections";
import { readItemSpans, readScalar } from "./decoding";

/** `content` starts with the properties section, if it has one. */
export function withMessageId(
  content: MessageContent,
  id: string,
): MessageContent {
  const properties = findSection(
    parseSections(content),
    sectionCode.properties,
  );
  const [, ...others] = properties
    ? readItemSpans(content, properties.value)
    : [];
  const fields = [
    encodeString(id),
    ...others.map(({ start, end }) => content.subarray(start, end)),
  ];
  return Buffer.concat([
    encodeDescribed(
      sectionCode.properties,
      encodeCompound(0xd0, fields.length, fields),
    ),
    content.subarray(properties?.end ?? 0),
  ]);
}

/** Sets application properties and replaces existing ones with the same names. */
export function withProperties(
  content: MessageContent,
  changes: PropertyChanges,
): MessageContent {
  const names = Object.keys(changes);
  if (names.length === 0) return content;
  const sections = parseSections(content);
  const properties = findSection(sections, sectionCode.properties);
  const existing = findSection(sections, sectionCode.applicationProperties);
  const items = existing ? readItemSpans(content, existing.value) : [];
  const kept = items.flatMap((key, index) => {
    const value = items[index + 1];
    const isKept =
      index % 2 === 0 &&
      value !== undefined &&
      !names.includes(String(readScalar(content, key.start)));
    return isKept ? [content.subarray(key.start, value.end)] : [];
  });
  const added = encodePairs(changes);
  const before = existing?.start ?? properties?.end ?? 0;
  return Buffer.concat([
    content.subarray(0, before),
    encodeDescribed(
      sectionCode.applicationProperties,
      encodeCompound(0xd1, 2 * (kept.length + names.length), [...kept, added]),
    ),
    content.subarray(existing?.end ?? before),
  ]);
}

/** Encodes the names and values alternately. */
function encodePairs(changes: PropertyChanges): Buffer {
  const bytes = codec.encode({ application_properties: changes });
  const section = findSection(
    parseSections(bytes),
    sectionCode.applicationProperties,
  );
  const items = section ? readItemSpans(bytes, section.value) : [];
  return bytes.subarray(items.at(0)?.start ?? 0, items.at(-1)?.end ?? 0);
}

/** Replaces the body by an empty one. */
export function withoutBody(content: MessageContent): MessageContent {
  const body = parseSections(content).find(
    ({ code }) => code >= sectionCode.data,
  );
  const empty = encodeDescribed(sectionCode.data, Buffer.from([0xa0, 0]));
  return Buffer.concat([content.subarray(0, body?.start), empty]);
}
