import fc from "fast-check";
import { message as codec } from "rhea";
import { withProperties } from "../../../service-bus/amqp/properties";
import { readBatch, readMessage } from "../../../service-bus/amqp/read-message";
import { writeMessage } from "../../../service-bus/amqp/write-message";
import type { MessageRecord } from "../../../service-bus/queue/message";
import { createMessageRecord } from "../../../service-bus/queue/message-record";

const newId = () => "generated-id";
const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  // rhea cannot encode whole numbers beyond 2^63.
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
  fc.boolean(),
  fc.constant(null),
);
const properties = fc.dictionary(
  fc
    .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 })
    .filter((name) => name !== "__proto__"),
  scalar,
  { maxKeys: 5, noNullPrototype: true },
);
const sentMessage = fc.record({
  body: fc.oneof(scalar, fc.array(scalar)),
  application_properties: properties,
  message_id: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  group_id: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  subject: fc.option(fc.string(), { nil: undefined }),
  ttl: fc.option(fc.nat(), { nil: undefined }),
});

const toRecord = (bytes: Buffer): [MessageRecord, Buffer] => {
  const arrival = readMessage(bytes, newId);
  return [createMessageRecord(arrival, 7, 1000, Infinity), arrival.content];
};

test("a decoded and re-encoded message keeps its fields and gets sequence number, enqueued time and delivery count", () => {
  fc.assert(
    fc.property(sentMessage, (original) => {
      const [message, content] = toRecord(codec.encode(original));
      const written = codec.decode(writeMessage(message, content));
      const expected = codec.decode(
        codec.encode({
          ...original,
          message_id: original.message_id ?? "generated-id",
        }),
      );
      for (const field of [
        "body",
        "application_properties",
        "message_id",
        "group_id",
        "subject",
      ])
        expect(written[field]).toEqual(expected[field]);
      expect(written["delivery_count"]).toBe(0);
      expect(written["message_annotations"]).toMatchObject({
        "x-opt-sequence-number": 7,
        "x-opt-enqueued-time": new Date(1000),
      });
      expect(message.ttlMs).toBe(original.ttl);
      expect(message.sessionId).toBe(original.group_id);
    }),
  );
});

test("withProperties changes the given application properties only", () => {
  fc.assert(
    fc.property(sentMessage, properties, (original, changes) => {
      const [, content] = toRecord(codec.encode(original));
      const before = codec.decode(content);
      const after = codec.decode(withProperties(content, changes));
      expect(after["application_properties"]).toEqual(
        codec.decode(
          codec.encode({
            application_properties: {
              ...original.application_properties,
              ...changes,
            },
          }),
        )["application_properties"],
      );
      expect(after["body"]).toEqual(before["body"]);
      expect(after["subject"]).toEqual(before["subject"]);
    }),
  );
});

test("writeMessage keeps annotations that the client set", () => {
  const bytes = codec.encode({
    message_annotations: { "x-mine": "kept", "x-opt-partition-key": "p" },
    message_id: "m",
    body: 1,
  });
  const [message, content] = toRecord(bytes);
  const written = codec.decode(writeMessage(message, content));
  expect(written["message_annotations"]).toMatchObject({
    "x-mine": "kept",
    "x-opt-partition-key": "p",
  });
});

test("readMessage and readBatch throw amqp:decode-error for random bytes that are not a message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (randomBytes) => {
      const bytes = Buffer.from(randomBytes);
      for (const read of [readMessage, readBatch])
        try {
          read(bytes, newId);
        } catch (error) {
          expect(error).toMatchObject({ code: "amqp:decode-error" });
        }
    }),
    { numRuns: 500 },
  );
});
