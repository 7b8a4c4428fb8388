import { ServiceBusClient } from "@azure/service-bus";
import {
  createApiClient,
  type ProblemBody,
  pollUntil,
} from "../../support/http/api-client";
import { echoWorkflow } from "../../support/domain/echo-workflow";
import { peekAllMessages } from "../../support/messaging/queue-contents";
import { createRequester } from "../../support/messaging/requester";
import {
  type AosProcess,
  readServiceBusConnectionString,
  startAos,
} from "../../support/cli/aos-process";
import type { DeadLetterView } from "../../../src/http/views/dead-letter-view";

let cloud: AosProcess;
let client: ServiceBusClient;
beforeAll(async () => {
  cloud = await startAos();
  client = new ServiceBusClient(readServiceBusConnectionString(cloud));
});
afterAll(async () => {
  await client.close();
  await cloud.stop();
});

const { send, receiveResponse } = createRequester(() => client);

interface DeadLetters {
  readonly queues: readonly {
    readonly queue: string;
    readonly count: number;
  }[];
  readonly items: readonly DeadLetterView[];
}
const listDeadLetters = async (query = "") =>
  (await createApiClient(cloud.url).get<DeadLetters>(`dead-letters${query}`))
    .body;
const replay = async (path: string, body?: object) => {
  const response = await fetch(`${cloud.url}/api/dead-letters/${path}`, {
    method: "POST",
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as ProblemBody & Record<string, unknown>,
  };
};
const findOnlyDeadLetter = async (
  messageId: string,
): Promise<DeadLetterView> => {
  const { items } = await pollUntil(
    () => listDeadLetters(),
    ({ items }) => items.some((item) => item.messageId === messageId),
  );
  const found = items.filter((item) => item.messageId === messageId);
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  throw new Error(
    `Found ${found.length} dead letters with the message id ${messageId}, not 1.`,
  );
};

/** The copy of a rejected message, with its body in bytes, as the broker stores it. */
async function peekRejected(originalId: string) {
  const receiver = client.createReceiver("agent-requests-deadletter", {
    skipParsingBodyAsJson: true,
  });
  try {
    const copies = await peekAllMessages(receiver);
    return copies.find(
      ({ applicationProperties }) =>
        applicationProperties?.["idempotencyKey"] === originalId,
    );
  } finally {
    await receiver.close();
  }
}

describe("a dead letter", () => {
  test("has the reason and field errors, and is processed under its message id after a replay with a corrected body", async () => {
    const wrong = { definition: echoWorkflow, inputs: { n: 3 } };
    const sendingAt = Date.now();
    await send(wrong, {
      messageId: "wrong-1",
      correlationId: "wrong",
      replyTo: "agent-responses",
    });
    const rejected = await receiveResponse("wrong");
    expect(rejected?.body).toMatchObject({
      status: "rejected",
      error: { code: "invalid_request", errors: [{ pointer: "/inputs" }] },
    });
    const letter = await findOnlyDeadLetter("wrong-1");
    expect(letter).toMatchObject({
      queue: "agent-requests-deadletter",
      source: "agent-requests",
      reason: "invalid_request",
      errors: [{ pointer: "/inputs", detail: "is not a known field" }],
      body: wrong,
      correlationId: "wrong",
      replyTo: "agent-responses",
    });
    expect(letter.ageSeconds).toBeLessThanOrEqual(
      (Date.now() - sendingAt) / 1000 + 1,
    );
    const body = { definition: echoWorkflow, input: { n: 3 } };
    const sent = await replay(`${letter.sequenceNumber}/replay`, { body });
    expect(sent).toMatchObject({
      status: 202,
      body: { source: "agent-requests", messageId: "wrong-1" },
    });
    const answer = await receiveResponse("wrong");
    expect(answer?.body).toMatchObject({ output: { n: 3 } });
    const { items } = await listDeadLetters();
    expect(items.map(({ messageId }) => messageId)).not.toContain("wrong-1");
    const again = await createApiClient(cloud.url).start(body, {
      "idempotency-key": "wrong-1",
    });
    expect(again.status).toBe(200);
  });

  test("returns to the dead letters when it is replayed unchanged", async () => {
    await send(Buffer.from("{ no json"), { messageId: "text-1" });
    const first = await findOnlyDeadLetter("text-1");
    expect(first).toMatchObject({
      reason: "malformed_json",
      body: "{ no json",
    });
    for (let time = 0; time < 2; time++) {
      const { sequenceNumber } = await findOnlyDeadLetter("text-1");
      await replay(`${sequenceNumber}/replay`);
      await pollUntil(
        () => listDeadLetters(),
        ({ items }) =>
          items.some(
            (item) =>
              item.messageId === "text-1" &&
              item.sequenceNumber !== sequenceNumber,
          ),
      );
    }
    expect(await findOnlyDeadLetter("text-1")).toMatchObject({
      body: "{ no json",
    });
  });

  test("is copied under its message id when its body names the message id of an earlier one", async () => {
    await send({ workflow: 1 }, { messageId: "earlier-1" });
    await findOnlyDeadLetter("earlier-1");
    const body = { workflow: 2, messageId: "earlier-1", correlationId: "x" };
    await send(body, {
      messageId: "later-1",
      correlationId: "later",
      replyTo: "agent-responses",
    });
    const response = await receiveResponse("later");
    expect(response?.body).toMatchObject({ status: "rejected" });
    expect(await findOnlyDeadLetter("later-1")).toMatchObject({ body });
    expect(await findOnlyDeadLetter("earlier-1")).toMatchObject({
      body: { workflow: 1 },
    });
  });

  test.each<[string, (name: string) => string]>([
    ["camel case", (name) => name],
    ["lower case", (name) => name.toLowerCase()],
    ["upper case", (name) => name.toUpperCase()],
    ["Pascal case", (name) => name.charAt(0).toUpperCase() + name.slice(1)],
  ])(
    "keeps its metadata when its body has fields of their names in %s",
    async (messageId, spell) => {
      const metadata = {
        correlationId: messageId,
        sessionId: "mine",
        replyTo: "agent-responses",
        subject: "mine",
        contentType: "text/mine",
        replyToSessionId: "mine",
      };
      const names = [
        ...["messageId", "applicationProperties", "userProperties"],
        ...["deliveryCount", "sequenceNumber", ...Object.keys(metadata)],
      ];
      const spoofed = (name: string) =>
        name.endsWith("Properties") ? { idempotencyKey: "body" } : "body";
      const body = Object.fromEntries(
        names.map((name) => [spell(name), spoofed(name)]),
      );
      await send(body, { ...metadata, messageId });
      const response = await receiveResponse(messageId);
      expect(response).toMatchObject({
        sessionId: "mine",
        body: { error: { code: "invalid_request" } },
      });
      await findOnlyDeadLetter(messageId);
      const copy = await peekRejected(messageId);
      expect(copy).toMatchObject(metadata);
      expect(JSON.parse(String(copy?.body))).toEqual(body);
    },
  );

  test("is a request of a session whose body names another session", async () => {
    await send(
      { definition: echoWorkflow, sessionId: "theirs" },
      { messageId: "foreign-1", sessionId: "mine" },
      "agent-session-requests",
    );
    expect(await findOnlyDeadLetter("foreign-1")).toMatchObject({
      source: "agent-session-requests",
      sessionId: "mine",
      errors: [{ pointer: "/sessionId" }],
    });
  });

  test.each([
    ["is not UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["has a byte order mark", Buffer.from('\ufeff{ "workflow" : 1e0 }')],
  ])("keeps its bytes in a replay when its body %s", async (title, body) => {
    const fields = { messageId: title, contentType: "application/x-bytes" };
    await send(body, fields);
    const { sequenceNumber } = await findOnlyDeadLetter(title);
    expect(await peekRejected(title)).toMatchObject({
      body,
      contentType: fields.contentType,
    });
    await replay(`${sequenceNumber}/replay`);
    const copy = await pollUntil(
      () => peekRejected(title),
      (found) => found?.sequenceNumber?.toString() !== sequenceNumber,
    );
    expect(copy).toMatchObject({ body, contentType: fields.contentType });
  });

  test("of the broker is replayed to its original queue", async () => {
    await send({ n: 5 }, { messageId: "dead-1" }, "agent-responses");
    const receiver = client.createReceiver("agent-responses");
    const [received] = await receiver.receiveMessages(1);
    if (received !== undefined)
      await receiver.deadLetterMessage(received, {
        deadLetterReason: "Bad",
        deadLetterErrorDescription: "",
      });
    await receiver.close();
    const { items, queues } = await listDeadLetters("?queue=agent-responses");
    const queue = "agent-responses/$DeadLetterQueue";
    expect(queues).toEqual([{ queue, count: 1 }]);
    expect(items).toMatchObject([
      { queue, reason: "Bad", messageId: "dead-1", body: { n: 5 } },
    ]);
    const number = items[0]?.sequenceNumber ?? "";
    const path = `${number}/replay?queue=agent-responses`;
    expect((await replay(path)).status).toBe(202);
    expect((await replay(path)).status).toBe(404);
    expect((await receiveResponse("dead-1"))?.body).toEqual({ n: 5 });
  });

  test("that does not exist returns 404, and invalid requests return 400", async () => {
    expect(await replay("999999/replay")).toMatchObject({
      status: 404,
      body: { code: "dead_letter_not_found" },
    });
    expect(await replay("abc/replay")).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/path/sequenceNumber" }] },
    });
    expect(await replay("1/replay?queue=nope")).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/query/queue" }] },
    });
    expect(await replay("1/replay", { unknown: 1 })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/unknown" }] },
    });
    for (const query of ["limit=0", "after=1", "queue=nope"]) {
      const { status } = await createApiClient(cloud.url).get(
        `dead-letters?${query}`,
      );
      expect(status).toBe(400);
    }
  });
});
