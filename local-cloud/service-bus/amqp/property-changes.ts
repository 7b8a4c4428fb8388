import type { Typed } from "rhea";
import type { PropertyChanges } from "../queue/message";
import { readItemSpans, readScalar } from "./decoding";
import { decodeValue } from "./rhea-internals";
import { findSection, parseSections, sectionCode } from "./sections";

/** Returns the entries of an AMQP map with their AMQP types. */
export function toPropertyChanges(
  map: Typed | undefined,
): Readonly<Record<string, Typed>> {
  const items = (map?.value ?? []) as readonly Typed[];
  const changes: Record<string, Typed> = {};
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [name, value] = [items[index], items[index + 1]];
    if (name && value) changes[String(name.value)] = value;
  }
  return changes;
}

/** Reads a map, with the AMQP types of its values, from the map in the body of a request. */
export function readPropertyChanges(
  request: Buffer,
  field: string,
): PropertyChanges {
  const body = findSection(parseSections(request), sectionCode.value);
  const items = body ? readItemSpans(request, body.value) : [];
  const at = items.findIndex(
    ({ start }, index) =>
      index % 2 === 0 && readScalar(request, start) === field,
  );
  const span = at < 0 ? undefined : items[at + 1];
  if (span === undefined) return {};
  return toPropertyChanges(decodeValue(request.subarray(span.start, span.end)));
}
