import { ServiceBusClient } from "@azure/service-bus";
import { apiAt, type Problem, until } from "../../support/api";
import { echo } from "../../support/echo";
import { type LocalCloud, startLocalCloud } from "../../support/local-cloud";
import type { DeadLetterView } from "../../../src/triggers/http/dead-letter-view";
import type { OrchestrationView } from "../../../src/triggers/http/orchestration-view";

let cloud: LocalCloud;
let client: ServiceBusClient;
beforeAll(async () => {
  cloud = await startLocalCloud();
  const connectionString = /Endpoint=sb:\S+/.exec(cloud.output())?.[0] ?? "";
  client = new ServiceBusClient(connectionString);
});
afterAll(async () => {
  await client.close();
  await cloud.stop();
});

const send = async (
  body: unknown,
  fields: Readonly<Record<string, unknown>> = {},
  queue = "agent-requests",
): Promise<void> => {
  const sender = client.createSender(queue);
  await sender.sendMessages({ body, ...fields });
  await sender.close();
};
/** Takes the answer with that correlation id out of the queue. */
async function answerTo(correlationId: string) {
  const receiver = client.createReceiver("agent-responses");
  try {
    return await until(
      async () => {
        const found = await receiver.receiveMessages(20, {
          maxWaitTimeInMs: 500,
        });
        const answer = found.find(
          (each) => each.correlationId === correlationId,
        );
        for (const each of found)
          await (each === answer
            ? receiver.completeMessage(each)
            : receiver.abandonMessage(each));
        return answer;
      },
      (answer) => answer !== undefined,
    );
  } finally {
    await receiver.close();
  }
}
interface DeadLetters {
  readonly queues: readonly {
    readonly queue: string;
    readonly count: number;
  }[];
  readonly items: readonly DeadLetterView[];
}
const deadLetters = async (query = "") =>
  (await apiAt(cloud.url).get<DeadLetters>(`dead-letters${query}`)).body;
const replay = async (path: string, body?: object) => {
  const response = await fetch(`${cloud.url}/api/dead-letters/${path}`, {
    method: "POST",
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Problem & Record<string, unknown>,
  };
};
const theOnly = async (messageId: string): Promise<DeadLetterView> => {
  const { items } = await until(
    () => deadLetters(),
    ({ items }) => items.some((item) => item.messageId === messageId),
  );
  const found = items.filter((item) => item.messageId === messageId);
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  throw new Error(`There are ${found.length} dead letters ${messageId}.`);
};

test("a request by message is answered by message, and is an orchestration like any other", async () => {
  const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await send(
    { definition: echo, input: { n: 1 }, tags: { team: "red" } },
    {
      messageId: "order-1",
      correlationId: "cart-9",
      replyToSessionId: "caller-3",
      applicationProperties: { traceparent: trace },
    },
  );
  const answer = await answerTo("cart-9");
  const body = answer?.body as OrchestrationView & { output: unknown };
  expect(answer).toMatchObject({
    messageId: `${body.id}:response`,
    sessionId: "caller-3",
    contentType: "application/json",
    applicationProperties: {
      workflow: "echo",
      status: "completed",
      traceparent: trace,
    },
  });
  expect(body).toMatchObject({ status: "completed", output: { n: 1 } });
  const seen = await apiAt(cloud.url).status(body.id);
  expect(seen.body).toMatchObject({
    workflow: "echo",
    status: "completed",
    tags: { team: "red" },
  });
});

test("the same key by message and over HTTP is the same orchestration", async () => {
  const request = { definition: echo, input: { n: 2 } };
  await send(request, { messageId: "shared-1", correlationId: "shared" });
  await answerTo("shared");
  const again = await apiAt(cloud.url).start(request, {
    "idempotency-key": "shared-1",
  });
  expect(again.status).toBe(200);
  expect(again.headers.get("x-aos-idempotent-replay")).toBe("true");
});

test("a request over HTTP is answered by message if it asks for that", async () => {
  const { status, body } = await apiAt(cloud.url).start({
    definition: echo,
    replyTo: "agent-responses",
  });
  expect(status).toBe(202);
  const answer = await answerTo(body.id);
  expect(answer?.body).toMatchObject({ id: body.id, status: "completed" });
});

test("a reply queue that does not exist costs the answer, which the history tells, and nothing else", async () => {
  const { body } = await apiAt(cloud.url).start({
    definition: echo,
    replyTo: "no-such-queue",
  });
  const ended = await apiAt(cloud.url).status(body.id, "30s");
  expect(ended.body.status).toBe("completed");
  interface Row {
    readonly type: string;
  }
  const { body: history } = await until(
    () =>
      apiAt(cloud.url).get<{ readonly items: readonly Row[] }>(
        `orchestrations/${body.id}/history`,
      ),
    ({ body: { items } }) =>
      items.some(({ type }) => type === "message.refused"),
  );
  expect(history.items.at(-1)).toMatchObject({
    type: "message.refused",
    data: { to: "no-such-queue", error: { code: "queue_not_found" } },
  });
});

test("events of an orchestration reach the subscribers of the topic", async () => {
  const receiver = client.createReceiver("agent-events", "all", {
    receiveMode: "receiveAndDelete",
  });
  const { body } = await apiAt(cloud.url).start({
    definition: echo,
    tags: { kind: "event-test" },
  });
  const seen: string[] = [];
  await until(
    async () => {
      for (const event of await receiver.receiveMessages(50, {
        maxWaitTimeInMs: 500,
      }))
        if (event.applicationProperties?.["tag.kind"] === "event-test")
          seen.push(String(event.messageId));
      return seen;
    },
    (ids) => ids.length >= 2,
  );
  await receiver.close();
  expect(seen).toEqual([
    `${body.id}:orchestration.started`,
    `${body.id}:orchestration.completed`,
  ]);
});

describe("a dead letter", () => {
  test("tells why it is there, and is processed once it was corrected, under its first id", async () => {
    const wrong = { definition: echo, inputs: { n: 3 } };
    await send(wrong, {
      messageId: "wrong-1",
      correlationId: "wrong",
      replyTo: "agent-responses",
    });
    const refused = await answerTo("wrong");
    expect(refused?.body).toMatchObject({
      status: "rejected",
      error: { code: "invalid_request", errors: [{ pointer: "/inputs" }] },
    });
    const letter = await theOnly("wrong-1");
    expect(letter).toMatchObject({
      queue: "agent-requests-deadletter",
      source: "agent-requests",
      reason: "invalid_request",
      errors: [{ pointer: "/inputs", detail: "is not a known field" }],
      body: wrong,
      correlationId: "wrong",
      replyTo: "agent-responses",
    });
    expect(letter.ageSeconds).toBeLessThan(60);
    const body = { definition: echo, input: { n: 3 } };
    const sent = await replay(`${letter.sequenceNumber}/replay`, { body });
    expect(sent).toMatchObject({
      status: 202,
      body: { source: "agent-requests", messageId: "wrong-1" },
    });
    const answer = await answerTo("wrong");
    expect(answer?.body).toMatchObject({ output: { n: 3 } });
    const { items } = await deadLetters();
    expect(items.map(({ messageId }) => messageId)).not.toContain("wrong-1");
    const again = await apiAt(cloud.url).start(body, {
      "idempotency-key": "wrong-1",
    });
    expect(again.status).toBe(200);
  });

  test("that is replayed as it was comes back, and is not lost", async () => {
    await send(Buffer.from("{ no json"), { messageId: "text-1" });
    const first = await theOnly("text-1");
    expect(first).toMatchObject({
      reason: "malformed_json",
      body: "{ no json",
    });
    for (let time = 0; time < 2; time++) {
      const { sequenceNumber } = await theOnly("text-1");
      await replay(`${sequenceNumber}/replay`);
      await until(
        () => deadLetters(),
        ({ items }) =>
          items.some(
            (item) =>
              item.messageId === "text-1" &&
              item.sequenceNumber !== sequenceNumber,
          ),
      );
    }
    expect(await theOnly("text-1")).toMatchObject({ body: "{ no json" });
  });

  test("of the broker goes back to the queue that it was in", async () => {
    await send({ n: 5 }, { messageId: "dead-1" }, "agent-responses");
    const receiver = client.createReceiver("agent-responses");
    const [received] = await receiver.receiveMessages(1);
    if (received !== undefined)
      await receiver.deadLetterMessage(received, {
        deadLetterReason: "Bad",
        deadLetterErrorDescription: "",
      });
    await receiver.close();
    const { items, queues } = await deadLetters("?queue=agent-responses");
    const queue = "agent-responses/$DeadLetterQueue";
    expect(queues).toEqual([{ queue, count: 1 }]);
    expect(items).toMatchObject([
      { queue, reason: "Bad", messageId: "dead-1", body: { n: 5 } },
    ]);
    const number = items[0]?.sequenceNumber ?? "";
    const path = `${number}/replay?queue=agent-responses`;
    expect((await replay(path)).status).toBe(202);
    expect((await replay(path)).status).toBe(404);
    expect((await answerTo("dead-1"))?.body).toEqual({ n: 5 });
  });

  test("that is not there is not found, and bad requests are told so", async () => {
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
    expect(await replay("1/replay", { bodi: 1 })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/bodi" }] },
    });
    const { status } = await apiAt(cloud.url).get("dead-letters?limit=0");
    expect(status).toBe(400);
  });
});

test("readiness tells of Service Bus", async () => {
  const { body } = await apiAt(cloud.url).get("health/ready");
  expect(body).toMatchObject({ checks: { serviceBus: { status: "ok" } } });
});
