import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ServiceBusClient, type ServiceBusReceiver } from "@azure/service-bus";
import { createApiClient } from "../support/http/api-client";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import { startTestBroker } from "../support/messaging/test-broker";
import {
  type CountingProxy,
  startCountingProxy,
} from "../support/storage/counting-proxy";
import { createDurableTaskClient } from "../../local-cloud/test/support/durable-task/http-api-client";
import {
  type ListeningProcess,
  startHostCommand,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";

const folder = createTemporaryFolder();
const countFile = join(folder, "functions.txt");

let azurite: Azurite;
let proxy: CountingProxy;
let host: ListeningProcess;
beforeAll(async () => {
  writeFileSync(countFile, "");
  azurite = await startAzurite();
  proxy = await startCountingProxy(azurite.connectionString);
  host = await startHostCommand({
    app: resolve("test/fixtures/counted-aos"),
    data: join(folder, "data"),
    env: {
      AzureWebJobsStorage: proxy.connectionString,
      AOS_MODEL_PROVIDER: "offline",
      AOS_REPORTS_FOLDER: join(folder, "reports"),
      COUNT_FILE: countFile,
    },
  });
});
afterAll(async () => {
  await host.stop();
  proxy.stop();
  await azurite.stop();
});

const page = readFileSync("docs/explanation/cost.md", "utf8");
/** Rows of the table of counts: name, count for ten documents, count for one. */
const [, table = ""] =
  /<!-- counts -->([^]*)<!-- \/counts -->/.exec(page) ?? [];
const documented = [
  ...table.matchAll(/^\| ([\w ]+?) +\| (\d+) +\| (\d+) +\|$/gm),
];

/** Runs a review and returns the counts by the names of the table. */
async function counted(
  documents?: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const api = createApiClient(host.url);
  // The first use creates the tables, which is not part of an orchestration.
  await api.get("health/ready");
  proxy.takeCounts();
  writeFileSync(countFile, "");
  const { body } = await api.start({
    workflow: "document-review",
    input: documents === undefined ? {} : { documents },
  });
  // Waits on the task hub instead of the tables, because the number of polls depends on the machine.
  await createDurableTaskClient(() => host.url).whenStatus(
    body.id,
    "Completed",
  );
  const ended = await api.status(body.id);
  expect(ended.body.status).toBe("completed");
  const requests = proxy.takeCounts();
  const functions = readFileSync(countFile, "utf8").split("\n");
  const run = (pattern: RegExp) =>
    functions.filter((line) => pattern.test(line)).length;
  return {
    "HTTP executions": run(/^httpTrigger/),
    "orchestrator executions": run(/^orchestrationTrigger/),
    "activity executions": run(/^activityTrigger/),
    "entity executions": run(/^entityTrigger/),
    "model calls": run(/ callModel$/),
    "table writes": requests["table write"] ?? 0,
    "table reads": requests["table read"] ?? 0,
    "blob requests":
      (requests["blob write"] ?? 0) + (requests["blob read"] ?? 0),
  };
}

/** Counts vary between runs, because steps that settle together share one execution. */
const tolerance = (documentedCount: number) =>
  Math.max(2, documentedCount * 0.15);

test.each([
  ["ten documents", undefined, 0],
  ["one document", ["contract-office-lease.txt"], 1],
] as const)(
  "a review of %s has the counts of docs/explanation/cost.md",
  async (_, documents, column) => {
    const counts = await counted(documents);
    expect(documented.map(([, name]) => name)).toEqual(Object.keys(counts));
    const wrong = documented.flatMap(([, name = "", ten, one]) => {
      const expected = Number([ten, one][column]);
      const found = counts[name] ?? NaN;
      return Math.abs(found - expected) <= tolerance(expected)
        ? []
        : [`${name}: ${found}, not ${expected}`];
    });
    expect(wrong).toEqual([]);
  },
);

test("a review requested by a message has the message counts of docs/explanation/cost.md", async () => {
  const broker = await startTestBroker();
  const client = new ServiceBusClient(broker.connectionString);
  try {
    writeFileSync(countFile, "");
    await using counted = await startHostCommand({
      app: resolve("test/fixtures/counted-aos"),
      data: join(folder, "by-message"),
      env: {
        AzureWebJobsStorage: azurite.connectionString,
        AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString,
        AOS_MODEL_PROVIDER: "offline",
        AOS_REPORTS_FOLDER: join(folder, "reports"),
        COUNT_FILE: countFile,
      },
    });
    await client.createSender("agent-requests").sendMessages({
      messageId: "by-message",
      body: {
        id: "by-message",
        workflow: "document-review",
        input: { documents: ["contract-office-lease.txt"] },
      },
    });
    await createDurableTaskClient(() => counted.url).whenStatus(
      "by-message",
      "Completed",
    );
    const countMessages = async (receiver: ServiceBusReceiver) =>
      (await receiver.peekMessages(100)).length;
    const left = await countMessages(client.createReceiver("agent-requests"));
    const lines = readFileSync(countFile, "utf8").split("\n");
    const run = (kind: string) =>
      lines.filter((line) => line.startsWith(`${kind} `)).length;
    const counts = {
      "requests received": 1 - left,
      "Service Bus executions": run("serviceBusTrigger"),
      "responses sent": await countMessages(
        client.createReceiver("agent-responses"),
      ),
      "events sent": await countMessages(
        client.createReceiver("agent-events", "all"),
      ),
    };
    expect(run("httpTrigger")).toBe(0);
    const [, messageTable = ""] =
      /<!-- messages -->([^]*)<!-- \/messages -->/.exec(page) ?? [];
    expect(
      Object.fromEntries(
        [...messageTable.matchAll(/^\| ([\w ]+?) +\| (\d+) +\|$/gm)].map(
          ([, name = "", count]) => [name, Number(count)],
        ),
      ),
    ).toEqual(counts);
    const messages = Object.entries(counts)
      .filter(([name]) => !name.endsWith("executions"))
      .reduce((sum, [, count]) => sum + count, 0);
    expect(page).toContain(`${messages} × 0.80 per million`);
  } finally {
    await client.close();
    await broker.stop();
  }
});

test("the dollar figures of docs/explanation/cost.md are calculated from the counts", () => {
  const of = (wanted: string): string =>
    documented.find(([, name]) => name === wanted)?.[2] ?? "absent";
  const [orchestrators, activities, entities] = [
    "orchestrator executions",
    "activity executions",
    "entity executions",
  ].map(of);
  for (const calculation of [
    `(${of("HTTP executions")} + ${orchestrators} + ${activities} + ${entities}) × 0.40 per million`,
    `(${of("table writes")} + ${of("table reads")}) × 0.036 per million`,
    `(${activities} × 8 + ${orchestrators} × 6 + ${entities} × 6) × 0.036 per million`,
    `${of("model calls")} calls with 2,000 input tokens`,
  ])
    expect(page).toContain(calculation);
});
