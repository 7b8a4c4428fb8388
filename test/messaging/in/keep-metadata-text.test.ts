import { app } from "@azure/functions";
import fc from "fast-check";
import { invokeFunction } from "../../../local-cloud/functions-host/core/invocation";
import { WorkerApp } from "../../../local-cloud/functions-host/core/worker-app";
import { keepMetadataText } from "../../../src/messaging/in/keep-metadata-text";
import { readRequestMessage } from "../../../src/messaging/in/read-request-message";
import { toReceivedMessage } from "../../../src/messaging/in/received-message";

const worker = new WorkerApp();
const mockCore = worker.coreApi(() => undefined);
jest.mock("@azure/functions-core", () => mockCore, { virtual: true });

const queue = { queueName: "q", connection: "Bus" };
for (const name of ["kept", "parsed"])
  app.serviceBusQueue(name, {
    ...queue,
    handler: (_body, { triggerMetadata }) => triggerMetadata,
  });
keepMetadataText(new Set(["kept"]));

type Metadata = Readonly<Record<string, { string: string } | { json: string }>>;

/** The metadata that a function receives from the Functions library. */
async function receive(name: string, triggerMetadata: Metadata) {
  const target = worker.functions.find(
    ({ metadata }) => metadata.name === name,
  );
  if (target === undefined || worker.model === undefined)
    throw new Error(`Function ${name} is not registered.`);
  const completion = await invokeFunction({
    app: worker,
    model: worker.model,
    target,
    // Copied: the invocation may change it.
    invocation: {
      trigger: { string: "" },
      triggerMetadata: { ...triggerMetadata },
    },
    inputs: {},
    invocationId: "1",
    log: () => undefined,
  });
  if (!completion.ok) throw new Error(completion.message);
  return completion.result as Record<string, unknown>;
}

const jsonTexts = [
  ..."null,true,1e3,1000,1000.0,42,12345678901234567890,{},[1]".split(","),
  '"42"',
  '"a"',
  '{"a":1}',
  '{"A":1}',
  '{ "a": 1 }',
];
const ids = fc.oneof(
  fc.constantFrom(...jsonTexts, "a", " 42", "-0", ""),
  fc.json(),
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.double().map(String),
);

test.each(jsonTexts)(
  "a function receives the message id %s unchanged",
  async (id) => {
    const metadata = { MessageId: { string: id } };
    expect(await receive("kept", metadata)).toEqual({ messageId: id });
  },
);

test("a function receives every text unchanged and other metadata as values", () =>
  fc.assert(
    fc.asyncProperty(ids, async (id) => {
      const metadata = {
        MessageId: { string: id },
        SequenceNumber: { json: "7" },
        ApplicationProperties: { json: '{"a":[true]}' },
      };
      expect(await receive("kept", metadata)).toEqual({
        messageId: id,
        sequenceNumber: 7,
        applicationProperties: { a: [true] },
      });
    }),
  ));

test("requests have one identity exactly when their message ids are equal", () => {
  const identify = async (id: string) => {
    const metadata = await receive("kept", {
      MessageId: { string: id },
      SequenceNumber: { json: "7" },
    });
    const body = Buffer.from('{"workflow":"w"}');
    return readRequestMessage(toReceivedMessage("q", body, metadata)).identity;
  };
  return fc.assert(
    fc.asyncProperty(ids, ids, async (a, b) => {
      const [first, again, other] = [
        await identify(a),
        await identify(a),
        await identify(b),
      ];
      expect(again).toEqual(first);
      expect(other.id === first.id).toBe(a === b);
    }),
    { numRuns: 300 },
  );
});

test("other functions receive parsed values", async () => {
  const metadata = { MessageId: { string: "1e3" } };
  expect(await receive("parsed", metadata)).toEqual({ messageId: 1000 });
});

test("the other methods of the programming model stay available", async () => {
  expect(worker.model).toMatchObject({ name: "@azure/functions" });
  expect(await worker.model?.getCapabilities?.({ a: "true" })).toMatchObject({
    a: "true",
  });
});
