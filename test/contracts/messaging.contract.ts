import { randomUUID } from "node:crypto";
import type { ServiceBusClient } from "@azure/service-bus";
import type {
  DeadLetter,
  Messaging,
  OutgoingMessage,
} from "../../src/messaging/ports";

const queue = "agent-requests-deadletter";
const createMessage = (
  fields: Partial<OutgoingMessage> = {},
): OutgoingMessage => ({
  to: queue,
  messageId: randomUUID(),
  body: { n: 1 },
  properties: {},
  ...fields,
});
const decodeBody = ({ body }: DeadLetter): string =>
  Buffer.from(body).toString();

/** The contract of the messaging port. `client` is connected to the same namespace. */
export function messagingContract(
  open: () => Messaging,
  client: () => ServiceBusClient,
): void {
  const send = (fields?: Partial<OutgoingMessage>) =>
    open().send(createMessage(fields));
  const findDeadLetter = async (messageId: string): Promise<DeadLetter> => {
    const letters = await open().peekDeadLetters(queue, { limit: 250 });
    const letter = letters.find((each) => each.messageId === messageId);
    if (letter === undefined)
      throw new Error(`The queue has no message ${messageId}.`);
    return letter;
  };

  describe("sending", () => {
    test("sends all fields of the message", async () => {
      const fields = {
        to: "agent-responses",
        messageId: randomUUID(),
        correlationId: "c",
        sessionId: "s",
        subject: "topic",
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

    test("sends a message once when it is sent twice with the same id", async () => {
      const messageId = randomUUID();
      await Promise.all([send({ messageId }), send({ messageId })]);
      await send({ messageId });
      const letters = await open().peekDeadLetters(queue, { limit: 250 });
      const same = letters.filter((each) => each.messageId === messageId);
      expect(same).toHaveLength(1);
    });

    test("sends bytes unchanged", async () => {
      const messageId = randomUUID();
      await send({ messageId, body: Buffer.from("{ no json") });
      expect(decodeBody(await findDeadLetter(messageId))).toBe("{ no json");
    });

    test("distinguishes an unknown entity from a rejected message", async () => {
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
    test("are peeked from a sequence number on and stay in the queue", async () => {
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      for (const messageId of ids) await send({ messageId });
      const first = await findDeadLetter(ids[1] ?? "");
      const range = { from: first.sequenceNumber, limit: 2 };
      for (let time = 0; time < 2; time++) {
        const letters = await open().peekDeadLetters(queue, range);
        expect(letters.map(({ messageId }) => messageId)).toEqual(ids.slice(1));
      }
    });

    test("are removed by sequence number after they were processed", async () => {
      const messageId = randomUUID();
      for (let before = 0; before < 120; before++) await send();
      await send({ messageId });
      const { sequenceNumber } = await findDeadLetter(messageId);
      await expect(
        open().processDeadLetter(queue, sequenceNumber, () =>
          Promise.reject(new Error("not now")),
        ),
      ).rejects.toThrow("not now");
      const seen: string[] = [];
      const take = () =>
        open().processDeadLetter(queue, sequenceNumber, (letter) => {
          seen.push(letter.messageId);
          return Promise.resolve();
        });
      expect((await Promise.all([take(), take()])).sort()).toEqual([
        "absent",
        "taken",
      ]);
      expect(seen).toEqual([messageId]);
      await expect(findDeadLetter(messageId)).rejects.toThrow("has no message");
      expect(
        await open().processDeadLetter(queue, "999999", take as never),
      ).toBe("absent");
    });

    test("that another receiver has locked are reported as locked", async () => {
      const messageId = randomUUID();
      await send({ messageId });
      const { sequenceNumber } = await findDeadLetter(messageId);
      const receiver = client().createReceiver(queue);
      await receiver.receiveMessages(250, { maxWaitTimeInMs: 1_000 });
      const taken = await open().processDeadLetter(queue, sequenceNumber, () =>
        Promise.reject(new Error("It was locked.")),
      );
      expect(taken).toBe("locked");
      await receiver.close();
    });

    test("of the broker contain the dead-letter reason", async () => {
      const messageId = randomUUID();
      await send({ to: "agent-requests", messageId });
      const receiver = client().createReceiver("agent-requests");
      const [received] = await receiver.receiveMessages(1);
      if (received !== undefined)
        await receiver.deadLetterMessage(received, {
          deadLetterReason: "Broken",
          deadLetterErrorDescription: "It is.",
        });
      await receiver.close();
      const path = "agent-requests/$DeadLetterQueue";
      const [letter] = await open().peekDeadLetters(path, { limit: 1 });
      expect(letter).toMatchObject({
        messageId,
        reason: "Broken",
        description: "It is.",
      });
      expect(
        await open().processDeadLetter(path, letter?.sequenceNumber ?? "", () =>
          Promise.resolve(),
        ),
      ).toBe("taken");
      expect(await open().peekDeadLetters(path, { limit: 1 })).toEqual([]);
    });
  });
}
