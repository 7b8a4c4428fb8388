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

/** Rows of the table of counts: what, for ten documents, for one. */
const page = readFileSync("docs/cost.md", "utf8");
const [, table = ""] =
  /<!-- counts -->([^]*)<!-- \/counts -->/.exec(page) ?? [];
const documented = [
  ...table.matchAll(/^\| ([\w ]+?) +\| (\d+) +\| (\d+) +\|$/gm),
];

/** Runs a review and gives the counts under the names of the table. */
async function counted(
  documents?: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const api = createApiClient(host.url);
  // Tables are made with their first use, which is not part of an orchestration.
  await api.get("health/ready");
  proxy.takeCounts();
  writeFileSync(countFile, "");
  const { body } = await api.start({
    workflow: "document-review",
    input: documents === undefined ? {} : { documents },
  });
  // The hub is asked for the end, not the tables: how often they are asked while one waits depends on the machine.
  await createDurableTaskClient(() => host.url).whenIn(body.id, "Completed");
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

/** How much an orchestration's count may differ from run to run: what settles together is taken together. */
const tolerance = (documentedCount: number) =>
  Math.max(2, documentedCount * 0.15);

test.each([
  ["ten documents", undefined, 0],
  ["one document", ["contract-office-lease.txt"], 1],
] as const)(
  "a review of %s costs what docs/cost.md says",
  async (_, documents, column) => {
    const counts = await counted(documents);
    expect(documented.map(([, what]) => what)).toEqual(Object.keys(counts));
    const wrong = documented.flatMap(([, what = "", ten, one]) => {
      const said = Number([ten, one][column]);
      const found = counts[what] ?? NaN;
      return Math.abs(found - said) <= tolerance(said)
        ? []
        : [`${what}: ${found}, not ${said}`];
    });
    expect(wrong).toEqual([]);
  },
);

test("a review that a message asks for costs the messages that docs/cost.md says", async () => {
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
    await createDurableTaskClient(() => counted.url).whenIn(
      "by-message",
      "Completed",
    );
    const waiting = async (receiver: ServiceBusReceiver) =>
      (await receiver.peekMessages(100)).length;
    const left = await waiting(client.createReceiver("agent-requests"));
    const lines = readFileSync(countFile, "utf8").split("\n");
    const run = (kind: string) =>
      lines.filter((line) => line.startsWith(`${kind} `)).length;
    const counts = {
      "requests received": 1 - left,
      "Service Bus executions": run("serviceBusTrigger"),
      "responses sent": await waiting(client.createReceiver("agent-responses")),
      "events sent": await waiting(
        client.createReceiver("agent-events", "all"),
      ),
    };
    expect(run("httpTrigger")).toBe(0);
    const [, told = ""] =
      /<!-- messages -->([^]*)<!-- \/messages -->/.exec(page) ?? [];
    expect(
      Object.fromEntries(
        [...told.matchAll(/^\| ([\w ]+?) +\| (\d+) +\|$/gm)].map(
          ([, what = "", count]) => [what, Number(count)],
        ),
      ),
    ).toEqual(counts);
    const messages = Object.entries(counts)
      .filter(([what]) => !what.endsWith("executions"))
      .reduce((sum, [, count]) => sum + count, 0);
    expect(page).toContain(`${messages} × 0.80 per million`);
  } finally {
    await client.close();
    await broker.stop();
  }
});

test("what ten documents cost in money is reckoned from these counts", () => {
  const of = (wanted: string): string =>
    documented.find(([, what]) => what === wanted)?.[2] ?? "absent";
  const [orchestrators, activities, entities] = [
    "orchestrator executions",
    "activity executions",
    "entity executions",
  ].map(of);
  for (const reckoning of [
    `(${of("HTTP executions")} + ${orchestrators} + ${activities} + ${entities}) × 0.40 per million`,
    `(${of("table writes")} + ${of("table reads")}) × 0.036 per million`,
    `(${activities} × 8 + ${orchestrators} × 6 + ${entities} × 6) × 0.036 per million`,
    `${of("model calls")} calls of, say, 2,000 tokens in`,
  ])
    expect(page).toContain(reckoning);
});
