import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import {
  type MessageFunctionBinding,
  toBatchInvocation,
  toManualTriggerData,
  toMessageInvocation,
} from "../../../../functions-host/extensions/service-bus/message-invocation";
import {
  batchTriggerMetadata,
  messageTriggerMetadata,
} from "../../../../functions-host/extensions/service-bus/trigger-metadata";

const message = (
  fields: Partial<ServiceBusReceivedMessage> = {},
): ServiceBusReceivedMessage => ({
  body: Buffer.from("x"),
  messageId: "42",
  deliveryCount: 0,
  sequenceNumber: { toNumber: () => 7 } as never,
  enqueuedTimeUtc: new Date("2026-11-24T08:00:00.500Z"),
  expiresAtUtc: new Date("2026-11-25T08:00:00Z"),
  lockToken: "token",
  state: "active",
  _rawAmqpMessage: { body: "", bodyType: "data" },
  ...fields,
});

const trigger = {
  type: "serviceBusTrigger",
  direction: "in",
  name: "t",
} as const;
const binding = { functionName: "f", trigger };

describe("the metadata of a message", () => {
  test("counts deliveries from 1", () => {
    const counts = [0, 1, 4].map(
      (deliveryCount) =>
        messageTriggerMetadata(message({ deliveryCount }))["DeliveryCount"],
    );
    expect(counts).toEqual([{ json: "1" }, { json: "2" }, { json: "5" }]);
  });

  test("formats dates as .NET does, those named Utc without a time zone, with the maximum for a message that does not expire", () => {
    expect(messageTriggerMetadata(message())).toMatchObject({
      EnqueuedTimeUtc: { json: '"2026-11-24T08:00:00.500"' },
      EnqueuedTime: { json: '"2026-11-24T08:00:00.500+00:00"' },
      ExpiresAtUtc: { json: '"2026-11-25T08:00:00"' },
    });
    const maxDate = new Date(253_402_300_799_999);
    for (const expiresAtUtc of [maxDate, new Date(NaN)])
      expect(messageTriggerMetadata(message({ expiresAtUtc }))).toMatchObject({
        ExpiresAtUtc: { json: '"9999-12-31T23:59:59.9999999"' },
        ExpiresAt: { json: '"9999-12-31T23:59:59.9999999+00:00"' },
      });
  });

  test("omits missing fields and contains the subject also as label", () => {
    const bare = messageTriggerMetadata(message());
    for (const name of ["SessionId", "Subject", "ReplyTo", "DeadLetterSource"])
      expect(bare).not.toHaveProperty(name);
    expect(messageTriggerMetadata(message({ subject: "s" }))).toMatchObject({
      Subject: { string: "s" },
      Label: { string: "s" },
    });
  });

  test("contains application properties under both names, with bytes in base64", () => {
    const date = new Date(0);
    const applicationProperties = {
      a: 1,
      date,
      bytes: Buffer.of(255) as never,
    };
    const expected = {
      json: '{"a":1,"date":"1970-01-01T00:00:00.000Z","bytes":"/w=="}',
    };
    expect(
      messageTriggerMetadata(message({ applicationProperties })),
    ).toMatchObject({
      ApplicationProperties: expected,
      UserProperties: expected,
    });
  });

  test("contains ids as text, even numeric ids", () => {
    expect(messageTriggerMetadata(message())["MessageId"]).toEqual({
      string: "42",
    });
    expect(
      messageTriggerMetadata(message({ messageId: 42 }))["MessageId"],
    ).toEqual({
      string: "42",
    });
  });

  test("of a batch contains each field as an array in the order of the messages", () => {
    const batch = [message({ subject: "a" }), message({ deliveryCount: 2 })];
    const metadata = batchTriggerMetadata(batch);
    expect(metadata).toMatchObject({
      DeliveryCountArray: { json: "[1,3]" },
      MessageIdArray: { collectionString: { string: ["42", "42"] } },
      SubjectArray: { collectionString: { string: ["a", ""] } },
      SequenceNumberArray: { json: "[7,7]" },
      ApplicationPropertiesArray: { json: "[{},{}]" },
    });
    const single = Object.keys(
      messageTriggerMetadata(
        message({
          ...{ correlationId: "c", contentType: "t", replyTo: "r", to: "o" },
          ...{ subject: "s", sessionId: "i", replyToSessionId: "j" },
          ...{ partitionKey: "p", deadLetterSource: "d" },
        }),
      ),
    );
    expect(Object.keys(metadata).sort()).toEqual(
      [...single, "TransactionPartitionKey"]
        .map((name) => `${name}Array`)
        .sort(),
    );
  });
});

const binary = { ...binding, trigger: { ...trigger, dataType: "binary" } };

describe("the metadata of a message whose body is the text of a JSON object", () => {
  const invoke = (body: string, target: MessageFunctionBinding = binding) =>
    toMessageInvocation(target, message({ body: Buffer.from(body) })).invocation
      .triggerMetadata;
  const unchanged = messageTriggerMetadata(message());

  test.each(Object.keys(unchanged))(
    "have the body's field instead of %s, in any letter case",
    (name) => {
      for (const field of [
        name,
        name.toLowerCase(),
        name.toUpperCase(),
        name.charAt(0).toLowerCase() + name.slice(1),
      ])
        expect(invoke(JSON.stringify({ [field]: "body" }))).toEqual({
          ...unchanged,
          [name]: { string: "body" },
        });
    },
  );

  test.each([
    ["text", '"9"', { string: "9" }],
    ["a number", "1e3", { string: "1000" }],
    ["a boolean", "true", { string: "True" }],
    ["an object", '{"A":[null]}', { json: '{"A":[null]}' }],
  ])("contain %s of the body", (_title, json, data) => {
    expect(invoke(`{"messageId":${json}}`)).toEqual({
      ...unchanged,
      MessageId: data,
    });
  });

  test("contain a field that no metadata has, and the last of several with one name", () => {
    expect(
      invoke('{"tenant":1,"TENANT":2,"MESSAGEID":"a","messageid":"b"}'),
    ).toEqual({
      ...unchanged,
      MessageId: { string: "b" },
      tenant: { string: "2" },
    });
  });

  test("are the message's for arrays and nulls, also after another field of the name", () => {
    expect(invoke('{"messageId":null,"SessionId":["s"]}')).toEqual(unchanged);
    expect(invoke('{"messageId":"a","MessageId":null}')).toMatchObject({
      MessageId: { string: "a" },
    });
  });

  test.each([
    "text",
    '"{}"',
    '[{"messageId":"a"}]',
    '{"messageId":"a"',
    "null",
    "",
  ])("are the message's for the body %j, which is no JSON object", (body) => {
    expect(invoke(body)).toEqual(unchanged);
  });

  test("keep userProperties when the body replaces applicationProperties", () => {
    expect(invoke('{"applicationProperties":{"a":1}}')).toMatchObject({
      ApplicationProperties: { json: '{"a":1}' },
      UserProperties: { json: "{}" },
    });
  });

  test("are the message's for a body in bytes and for a batch", () => {
    const body = '{"messageId":"a"}';
    expect(invoke(body, binary)).toEqual(unchanged);
    const batch = [message({ body: Buffer.from(body) })];
    expect(toBatchInvocation(binding, batch).invocation).toMatchObject({
      triggerMetadata: batchTriggerMetadata(batch),
    });
  });
});

describe("an invocation", () => {
  const bytes = Buffer.from([255]);

  test("contains the body as text, or as bytes with dataType binary", () => {
    const body = Buffer.from("é");
    expect(
      toMessageInvocation(binding, message({ body })).invocation,
    ).toMatchObject({ functionName: "f", trigger: { string: "é" } });
    const asBytes = toMessageInvocation(binary, message({ body: bytes }));
    expect(asBytes.invocation.trigger).toEqual({ bytes });
    expect(asBytes.damaged).toEqual([]);
  });

  test("without a message has its input in the form of a body", () => {
    const batch = { ...trigger, cardinality: "many" };
    expect(toManualTriggerData("é", trigger)).toEqual({ string: "é" });
    expect(toManualTriggerData("é", binary.trigger)).toEqual({
      bytes: Buffer.from("é"),
    });
    expect(toManualTriggerData("é", batch)).toEqual({
      collectionString: { string: ["é"] },
    });
  });

  test("lists the messages whose bytes are not text", () => {
    const batch = [message(), message({ body: bytes, messageId: "bad" })];
    const { invocation, damaged } = toBatchInvocation(binding, batch);
    expect(invocation.trigger).toEqual({
      collectionString: { string: ["x", "\uFFFD"] },
    });
    expect(damaged).toEqual(["bad"]);
    expect(toBatchInvocation(binary, batch)).toMatchObject({
      invocation: {
        trigger: { collectionBytes: { bytes: [Buffer.from("x"), bytes] } },
      },
      damaged: [],
    });
  });

  test.each([
    [undefined, ""],
    [null, ""],
    ["an AMQP text", "an AMQP text"],
    [{ a: 1 }, '{"a":1}'],
  ])("converts the AMQP value %j to the text %j", (body, string) => {
    const { trigger: value } = toMessageInvocation(
      binding,
      message({ body }),
    ).invocation;
    expect(value).toEqual({ string });
  });

  test("has no trace context when the message contains none", () => {
    for (const applicationProperties of [
      {},
      { traceparent: 5 },
      { traceparent: "" },
    ])
      expect(
        toMessageInvocation(binding, message({ applicationProperties }))
          .invocation,
      ).not.toHaveProperty("traceContext");
  });
});
