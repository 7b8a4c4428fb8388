/** Changes of a message's properties that leave every other byte of it as it was. */
import { message as codec } from "rhea";
import type { Content, PropertyChanges } from "../rules/message";
import { compound, described, string } from "./encoding";
import { sectionCode, sectionOf, sectionsOf } from "./sections";
import { itemsOf, scalarAt } from "./wire";

/** `content` begins with the properties, if there are any. */
export function withMessageId(content: Content, id: string): Content {
  const properties = sectionOf(sectionsOf(content), sectionCode.properties);
  const [, ...others] = properties ? itemsOf(content, properties.value) : [];
  const fields = [
    string(id),
    ...others.map(({ start, end }) => content.subarray(start, end)),
  ];
  return Buffer.concat([
    described(sectionCode.properties, compound(0xd0, fields.length, fields)),
    content.subarray(properties?.end ?? 0),
  ]);
}

/** The content with application properties set; those of the same name are replaced. */
export function withProperties(
  content: Content,
  changes: PropertyChanges,
): Content {
  const names = Object.keys(changes);
  if (names.length === 0) return content;
  const sections = sectionsOf(content);
  const properties = sectionOf(sections, sectionCode.properties);
  const existing = sectionOf(sections, sectionCode.applicationProperties);
  const items = existing ? itemsOf(content, existing.value) : [];
  const kept = items.flatMap((key, index) => {
    const value = items[index + 1];
    const isKept =
      index % 2 === 0 &&
      value !== undefined &&
      !names.includes(String(scalarAt(content, key.start)));
    return isKept ? [content.subarray(key.start, value.end)] : [];
  });
  const added = encodedPairs(changes);
  const before = existing?.start ?? properties?.end ?? 0;
  return Buffer.concat([
    content.subarray(0, before),
    described(
      sectionCode.applicationProperties,
      compound(0xd1, 2 * (kept.length + names.length), [...kept, added]),
    ),
    content.subarray(existing?.end ?? before),
  ]);
}

/** The names and values, one after another. */
function encodedPairs(changes: PropertyChanges): Buffer {
  const bytes = codec.encode({ application_properties: changes });
  const section = sectionOf(
    sectionsOf(bytes),
    sectionCode.applicationProperties,
  );
  const items = section ? itemsOf(bytes, section.value) : [];
  return bytes.subarray(items.at(0)?.start ?? 0, items.at(-1)?.end ?? 0);
}

/** The content with an empty body. */
export function withoutBody(content: Content): Content {
  const body = sectionsOf(content).find(({ code }) => code >= sectionCode.data);
  const empty = described(sectionCode.data, Buffer.from([0xa0, 0]));
  return Buffer.concat([content.subarray(0, body?.start), empty]);
}
