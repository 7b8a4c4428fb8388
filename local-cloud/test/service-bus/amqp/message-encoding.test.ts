import fc from "fast-check";
import { message as codec } from "rhea";
import { withProperties } from "../../../service-bus/amqp/properties";
import { readBatch, readMessage } from "../../../service-bus/amqp/read-message";
import { writeMessage } from "../../../service-bus/amqp/write-message";
import type { MessageRecord } from "../../../service-bus/queue/message";
import { createMessageRecord } from "../../../service-bus/queue/message-record";

const newId = () => "given";
const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  // Whole numbers beyond 2^63 the codec of rhea cannot write.
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
const sent = fc.record({
  body: fc.oneof(scalar, fc.array(scalar)),
  application_properties: properties,
  message_id: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  group_id: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  subject: fc.option(fc.string(), { nil: undefined }),
  ttl: fc.option(fc.nat(), { nil: undefined }),
});

const record = (bytes: Buffer): [MessageRecord, Buffer] => {
  const arrival = readMessage(bytes, newId);
  return [createMessageRecord(arrival, 7, 1000, Infinity), arrival.content];
};

test("what is sent comes out as it went in, with the broker's annotations", () => {
  fc.assert(
    fc.property(sent, (original) => {
      const [message, content] = record(codec.encode(original));
      const out = codec.decode(writeMessage(message, content));
      const wanted = codec.decode(
        codec.encode({
          ...original,
          message_id: original.message_id ?? "given",
        }),
      );
      for (const field of [
        "body",
        "application_properties",
        "message_id",
        "group_id",
        "subject",
      ])
        expect(out[field]).toEqual(wanted[field]);
      expect(out["delivery_count"]).toBe(0);
      expect(out["message_annotations"]).toMatchObject({
        "x-opt-sequence-number": 7,
        "x-opt-enqueued-time": new Date(1000),
      });
      expect(message.ttlMs).toBe(original.ttl);
      expect(message.sessionId).toBe(original.group_id);
    }),
  );
});

test("properties that are set change those and nothing else", () => {
  fc.assert(
    fc.property(sent, properties, (original, changes) => {
      const [, content] = record(codec.encode(original));
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

test("annotations that are not the broker's own are kept", () => {
  const bytes = codec.encode({
    message_annotations: { "x-mine": "kept", "x-opt-partition-key": "p" },
    message_id: "m",
    body: 1,
  });
  const [message, content] = record(bytes);
  const out = codec.decode(writeMessage(message, content));
  expect(out["message_annotations"]).toMatchObject({
    "x-mine": "kept",
    "x-opt-partition-key": "p",
  });
});

test("bytes that are no message are refused and nothing else happens", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
      const bytes = Buffer.from(noise);
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
