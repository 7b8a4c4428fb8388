/** The sections of an encoded AMQP message. https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html#section-message-format */
import { findValueEnd, malformedMessage, readScalar } from "./decoding";

export const sectionCode = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  value: 0x77,
} as const;

export interface MessageSection {
  readonly code: number;
  /** Offset of the descriptor. */
  readonly start: number;
  /** Offset of the value. */
  readonly value: number;
  readonly end: number;
}

/** Throws `decode-error`. */
export function parseSections(bytes: Buffer): readonly MessageSection[] {
  const sections: MessageSection[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== 0) throw malformedMessage("a section was expected");
    const value = findValueEnd(bytes, at + 1);
    const code = readScalar(bytes, at + 1);
    if (typeof code !== "number")
      throw malformedMessage("a section has no numeric descriptor");
    const end = findValueEnd(bytes, value);
    sections.push({ code, start: at, value, end });
    at = end;
  }
  return sections;
}

export const findSection = (
  sections: readonly MessageSection[],
  code: number,
): MessageSection | undefined =>
  sections.find((section) => section.code === code);
