import { randomUUID } from "node:crypto";
import type { ServiceBusClient } from "@azure/service-bus";
import type {
  DeadLetter,
  Messaging,
  OutgoingMessage,
} from "../../src/messaging/ports";

const queue = "agent-requests-deadletter";
const message = (fields: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  to: queue,
  messageId: randomUUID(),
  body: { n: 1 },
  properties: {},
  ...fields,
});

/** The contract of every adapter of `Messaging`. `client` accesses the same namespace directly. */
export function messagingContract(
  open: () => Messaging,
  client: () => ServiceBusClient,
): void {
  const send = (fields?: Partial<OutgoingMessage>) =>
    open().send(message(fields));
  const findDeadLetter = async (messageId: string): Promise<DeadLetter> => {
    const letters = await open().peekDeadLetters(queue, { limit: 250 });
    const found = letters.find((letter) => letter.messageId === messageId);
    if (found === undefined)
      throw new Error(`Dead letter ${messageId} does not exist.`);
    return found;
  };

  describe("sending", () => {
    test("sends all fields of the message", async () => {
      const fields = {
        to: "agent-responses",
        messageId: randomUUID(),
        correlationId: "c",
        sessionId: "s",
        subject: "subject",
        replyTo: "r",
        replyToSessionId: "rs",
        properties: { workflow: "w", done: true, count: 2 },
      };
      await send(fields);
      const receiver = client().createReceiver("agent-responses", {
        receiveMode: "receiveAndDelete",
      });
      const [received] = await receiver.receiveMessages(1);
      await receiver.close();
      const { properties, ...expected } = fields;
      expect({ ...received, to: fields.to }).toMatchObject({
        ...expected,
        body: { n: 1 },
        contentType: "application/json",
        applicationProperties: properties,
      });
    });

    test("sends only the first of several messages with the same id", async () => {
      const messageId = randomUUID();
      await Promise.all([send({ messageId }), send({ messageId })]);
      await send({ messageId });
      const letters = await open().peekDeadLetters(queue, { limit: 250 });
      const matching = letters.filter(
        (letter) => letter.messageId === messageId,
      );
      expect(matching).toHaveLength(1);
    });

    test("sends bytes unchanged, with their content type or none", async () => {
      const body = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0]);
      for (const fields of [{}, { contentType: "text/plain" }]) {
        const messageId = randomUUID();
        await send({ messageId, body, ...fields });
        const letter = await findDeadLetter(messageId);
        expect(letter.body).toEqual(body);
        expect(letter.contentType).toBe(fields.contentType);
      }
    });

    test("throws queue_not_found for a missing entity and message_refused for a refused message", async () => {
      await expect(send({ to: "nowhere" })).rejects.toMatchObject({
        code: "queue_not_found",
        message: expect.stringContaining('"nowhere"') as unknown,
      });
      await expect(send({ body: "x".repeat(300_000) })).rejects.toMatchObject({
        code: "message_refused",
      });
      await expect(
        send({ to: "agent-session-requests" }),
      ).rejects.toMatchObject({ code: "message_refused" });
      await send();
    });
  });

  describe("dead letters", () => {
    test("are peeked from a sequence number on without being removed", async () => {
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      for (const messageId of ids) await send({ messageId });
      const first = await findDeadLetter(ids[1] ?? "");
      const range = { from: first.sequenceNumber, limit: 2 };
      for (let time = 0; time < 2; time++) {
        const letters = await open().peekDeadLetters(queue, range);
        expect(letters.map(({ messageId }) => messageId)).toEqual(ids.slice(1));
      }
    });

    test("are removed once, after processing has succeeded", async () => {
      const messageId = randomUUID();
      for (let before = 0; before < 120; before++) await send();
      await send({ messageId });
      const { sequenceNumber } = await findDeadLetter(messageId);
      await expect(
        open().processDeadLetter(queue, sequenceNumber, () =>
          Promise.reject(new Error("not now")),
        ),
      ).rejects.toThrow("not now");
      const processed: string[] = [];
      const processOnce = () =>
        open().processDeadLetter(queue, sequenceNumber, (letter) => {
          processed.push(letter.messageId);
          return Promise.resolve();
        });
      expect(
        (await Promise.all([processOnce(), processOnce()])).sort(),
      ).toEqual(["absent", "processed"]);
      expect(processed).toEqual([messageId]);
      await expect(findDeadLetter(messageId)).rejects.toThrow("does not exist");
      expect(
        await open().processDeadLetter(queue, "999999", processOnce as never),
      ).toBe("absent");
    });

    test("that another receiver has locked are reported as locked", async () => {
      const messageId = randomUUID();
      await send({ messageId });
      const { sequenceNumber } = await findDeadLetter(messageId);
      const receiver = client().createReceiver(queue);
      await receiver.receiveMessages(250, { maxWaitTimeInMs: 1_000 });
      const result = await open().processDeadLetter(queue, sequenceNumber, () =>
        Promise.reject(new Error("The message was not locked.")),
      );
      expect(result).toBe("locked");
      await receiver.close();
    });

    test("of the broker contain its reason and description", async () => {
      const messageId = randomUUID();
      await send({ to: "agent-requests", messageId });
      const receiver = client().createReceiver("agent-requests");
      const [received] = await receiver.receiveMessages(1);
      if (received !== undefined)
        await receiver.deadLetterMessage(received, {
          deadLetterReason: "Invalid",
          deadLetterErrorDescription: "The message is invalid.",
        });
      await receiver.close();
      const path = "agent-requests/$DeadLetterQueue";
      const [letter] = await open().peekDeadLetters(path, { limit: 1 });
      expect(letter).toMatchObject({
        messageId,
        reason: "Invalid",
        description: "The message is invalid.",
      });
      expect(
        await open().processDeadLetter(path, letter?.sequenceNumber ?? "", () =>
          Promise.resolve(),
        ),
      ).toBe("processed");
      expect(await open().peekDeadLetters(path, { limit: 1 })).toEqual([]);
    });
  });
}
