import { message as codec } from "rhea";
import type { FilteredMessage, FilterValue } from "../filters/expression";
import type { MessageContent } from "../queue/message";

const systemPropertyFields = {
  messageid: "message_id",
  correlationid: "correlation_id",
  to: "to",
  replyto: "reply_to",
  label: "subject",
  subject: "subject",
  sessionid: "group_id",
  replytosessionid: "reply_to_group_id",
  contenttype: "content_type",
} as const;

/** Decodes the parts of a message that filters can test. */
export function toFilteredMessage(content: MessageContent): FilteredMessage {
  const decoded = codec.decode(content) as unknown as Readonly<
    Record<string, unknown>
  > & { readonly application_properties?: Readonly<Record<string, unknown>> };
  const properties = Object.entries(decoded.application_properties ?? {});
  return {
    system: new Map(
      Object.entries(systemPropertyFields).map(([name, field]) => [
        name,
        toValue(decoded[field]),
      ]),
    ),
    user: new Map(
      properties.map(([name, value]) => [name.toLowerCase(), toValue(value)]),
    ),
  };
}

function toValue(value: unknown): FilterValue {
  const isSupported =
    ["string", "number", "boolean"].includes(typeof value) ||
    value instanceof Date ||
    Buffer.isBuffer(value);
  return isSupported ? (value as FilterValue) : undefined;
}
