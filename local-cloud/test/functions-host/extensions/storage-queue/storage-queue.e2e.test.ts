import { mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { type Azurite, startAzurite } from "../../../support/storage/azurite";
import { eventually } from "../../../support/shared/eventually";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../../support/cli/cloud-process";
import { runFailingHost } from "../../../support/functions-host/failing-host";
import { createScratchApps } from "../../../support/functions-host/scratch-app";

const app = resolve("local-cloud/test/fixtures/queues");
const scratch = createTemporaryFolder();
const createApp = createScratchApps();
const newData = () => mkdtempSync(join(scratch, "data-"));

let azurite: Azurite;
let queues: QueueServiceClient;
let host: ListeningProcess;
beforeAll(async () => {
  azurite = await startAzurite();
  queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const env = { AzureWebJobsStorage: azurite.connectionString, MORE: "more" };
  host = await startHostCommand({ app, data: newData(), env });
});
afterAll(async () => {
  await host.stop();
  await azurite.stop();
});

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const decodeText = (message: { readonly messageText: string }) =>
  Buffer.from(message.messageText, "base64").toString("utf8");

async function send(name: string, ...texts: readonly string[]) {
  const queue = queues.getQueueClient(name);
  await queue.createIfNotExists();
  return Promise.all(texts.map((text) => queue.sendMessage(text)));
}

/** Receives and deletes `count` messages of a queue, in order. */
function receive(name: string, count: number): Promise<readonly string[]> {
  const queue = queues.getQueueClient(name);
  const found: string[] = [];
  return eventually(async () => {
    const { receivedMessageItems } = await queue.receiveMessages({
      numberOfMessages: Math.min(32, count - found.length),
    });
    for (const message of receivedMessageItems) {
      found.push(decodeText(message));
      await queue.deleteMessage(message.messageId, message.popReceipt);
    }
    expect(found.length).toBe(count);
    return found;
  });
}

const receiveJson = async (name: string, count = 1) =>
  (await receive(name, count)).map(
    (message) => JSON.parse(message) as Readonly<Record<string, unknown>>,
  );

const waitUntilEmpty = (queue: QueueClient) =>
  eventually(async () => {
    const { approximateMessagesCount } = await queue.getProperties();
    expect(approximateMessagesCount).toBe(0);
  });

describe("a queue trigger", () => {
  test("passes the message with its metadata to the function and deletes it", async () => {
    const [sent] = await send("requests", base64('{"order":7}'));
    const [seen] = await receiveJson("seen");
    expect(seen).toEqual({
      body: { order: 7 },
      type: "object",
      triggerMetadata: {
        queueTrigger: { order: 7 },
        dequeueCount: 1,
        id: sent?.messageId,
        popReceipt: expect.any(String) as string,
        insertionTime: expect.stringMatching(/^\d{4}-.*\+00:00$/) as string,
        expirationTime: expect.stringMatching(/^\d{4}-.*\+00:00$/) as string,
        nextVisibleTime: expect.stringMatching(/^\d{4}-.*\+00:00$/) as string,
      },
    });
    await waitUntilEmpty(queues.getQueueClient("requests"));
  });

  test.each([
    ["plain text", "plain text", "string"],
    ["42", 42, "number"],
    ["", "", "string"],
    ["äöü ✓", "äöü ✓", "string"],
  ])("passes the body %j as %j", async (body, expected, type) => {
    await send("requests", base64(body));
    expect(await receiveJson("seen")).toMatchObject([{ body: expected, type }]);
  });

  test("replaces bytes that are not text, as on Azure, and passes them unchanged for dataType binary", async () => {
    const bytes = base64(Buffer.from([1, 255, 0, 128]));
    await send("requests", bytes);
    expect(await receiveJson("seen")).toMatchObject([
      { body: "\u0001\uFFFD\0\uFFFD" },
    ]);
    expect(host.output()).toContain('set dataType to "binary"');
    await send("raw-requests", bytes);
    expect(await receiveJson("seen")).toEqual([{ hex: "01ff0080" }]);
  });

  test("moves a message to the poison queue after maxDequeueCount failures", async () => {
    await send("failing-requests", base64("poison"));
    expect(await receive("failing-requests-poison", 1)).toEqual(["poison"]);
    expect(host.output().match(/Error: cannot process poison/g)).toHaveLength(
      3,
    );
    await waitUntilEmpty(queues.getQueueClient("failing-requests"));
  });

  test("moves a message in the wrong encoding to the poison queue without invoking the function", async () => {
    await send("requests", "not base64!");
    const poison = queues.getQueueClient("requests-poison");
    const raw = await eventually(async () => {
      const [message] = (await poison.peekMessages()).peekedMessageItems;
      if (message === undefined) throw new Error("No message has arrived yet.");
      return message.messageText;
    });
    expect(raw).toBe("not base64!");
  });

  test("runs a batch concurrently, and more messages up to the threshold", async () => {
    const ids = Array.from({ length: 12 }, (_, id) => id);
    const bodies = ids.map((id) => base64(JSON.stringify({ id, ms: 200 })));
    await send("slow-requests", ...bodies);
    const seen = await receiveJson("seen", ids.length);
    expect(seen.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(ids);
    const maxConcurrency = Math.max(
      ...seen.map(({ concurrency }) => Number(concurrency)),
    );
    expect(maxConcurrency).toBeGreaterThan(2);
    expect(maxConcurrency).toBeLessThanOrEqual(6);
  });

  test("runs with the input of an admin request as its message", async () => {
    const url = `${host.url}/admin/functions/raw`;
    const body = JSON.stringify({ input: '{"by":"admin"}' });
    const adminUrl = `${host.url}/admin/functions/echo`;
    expect((await fetch(adminUrl, { method: "POST", body })).status).toBe(202);
    expect(await receiveJson("seen")).toMatchObject([
      { body: { by: "admin" } },
    ]);
    expect((await fetch(url, { method: "GET" })).status).toBe(404);
  });
});

describe("a queue output", () => {
  const call = (to: string, value: unknown) =>
    fetch(`${host.url}/api/send`, {
      method: "POST",
      body: JSON.stringify({ to, value }),
    });

  test.each([
    ["a text", ["a text"]],
    [{ a: 1 }, ['{"a":1}']],
    [
      ["a", { b: 2 }, 3],
      ["a", '{"b":2}', "3"],
    ],
    [7, ["7"]],
    [false, ["false"]],
  ])("of %j becomes the messages %j", async (value, expected) => {
    expect((await call("seen", value)).status).toBe(200);
    expect(await receive("seen", expected.length)).toEqual(expected);
  });

  test("creates the queue whose name is in a setting", async () => {
    expect((await call("more", "first")).status).toBe(200);
    expect(await receive("more", 1)).toEqual(["first"]);
  });

  test("that the service rejects fails the invocation", async () => {
    const response = await call("seen", "x".repeat(70_000));
    expect(response.status).toBe(500);
    expect(host.output()).toMatch(
      /The output binding \w+ of function send could not be written: .*RequestBodyTooLarge|The request body is too large/,
    );
  });
});

test("an app with invalid queue bindings fails to start with all problems", async () => {
  const folder = createApp({
    "host.json": JSON.stringify({
      version: "2.0",
      extensions: {
        queues: {
          batchSize: 33,
          maxDequeueCount: 0,
          maxPollingInterval: "not a time span",
          messageEncoding: "rot13",
        },
      },
    }),
    "index.js": `const { app, output } = require("@azure/functions");
      const handler = () => {};
      app.storageQueue("one", { queueName: "a_b", connection: "Nowhere", handler });
      app.storageQueue("two", { queueName: "%QUEUE%", connection: "AzureWebJobsStorage", handler });`,
  });
  const { code, output } = await runFailingHost({
    app: folder,
    data: newData(),
    env: { AzureWebJobsStorage: azurite.connectionString },
  });
  expect(code).toBe(1);
  const problems = output.split("; ");
  expect(problems).toEqual([
    expect.stringMatching(/extensions\.queues\.batchSize: .*32/),
    expect.stringMatching(/extensions\.queues\.maxDequeueCount: /),
    expect.stringMatching(/extensions\.queues\.maxPollingInterval: must be a/),
    expect.stringMatching(/messageEncoding: must be base64 or none/),
    expect.stringMatching(
      /function one: queueName: "a_b" is not a valid queue name/,
    ),
    expect.stringMatching(/function one: connection: .*Nowhere is not set/),
    expect.stringMatching(/Nowhere__queueServiceUri/),
    expect.stringMatching(/function two: queueName: the setting QUEUE is not/),
  ] as string[]);
});
