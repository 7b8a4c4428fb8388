import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EventType } from "../../local-cloud/durable-task/model/history-event";
import type { StoredEvent } from "../../local-cloud/durable-task/model/stored-event";
import { createApiClient } from "../support/http/api-client";
import { eventually } from "../../local-cloud/test/support/shared/eventually";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";
import { readTaskHubCopy } from "../../local-cloud/test/support/durable-task/task-hub-copy";

const folder = createTemporaryFolder();
const data = join(folder, "data");
const trace = join(folder, "trace");
const documents = join(folder, "documents");
const count = 50;
const texts = [
  "Pay 5 EUR by Friday.",
  "The roof must be repaired.",
  "No news.",
];

const definition = {
  name: "survivor",
  version: "1",
  steps: [
    { id: "list", kind: "tool", tool: "listDocuments" },
    {
      id: "read",
      kind: "map",
      over: "${steps.list.output.map(d, d.name)}",
      as: "doc",
      step: { kind: "tool", tool: "readDocument", input: { name: "${doc}" } },
    },
    {
      id: "plan",
      kind: "agent",
      agent: "planner",
      needs: ["list"],
      prompt: "Plan review number ${input.n}. Read all of it.",
    },
    {
      id: "save",
      kind: "tool",
      tool: "saveReport",
      needs: ["read", "plan"],
      input: {
        name: "report-${input.n}.md",
        text: "Report ${input.n}: ${steps.plan.output.summary}",
      },
    },
  ],
  output: {
    n: "${input.n}",
    texts: "${steps.read.output.map(r, r.text)}",
    plan: "${steps.plan.output.summary}",
  },
};

const start = (): Promise<ListeningProcess> =>
  startHostCommand({
    app: resolve("test/fixtures/traced-aos"),
    data,
    env: {
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AOS_DOCUMENTS_FOLDER: documents,
      AOS_REPORTS_FOLDER: join(folder, "reports"),
      AOS_MODEL_PROVIDER: "offline",
      TRACE_FILE: trace,
    },
  });

/** Started activities in order, each as JSON of instance id, name and input. */
const startedActivities = (): readonly string[] =>
  readFileSync(trace, "utf8").split("\n").slice(0, -1).map(normalize);
const normalize = (line: string): string => {
  const [instanceId, name, input] = JSON.parse(line) as unknown[];
  return JSON.stringify([instanceId, name, input]);
};

/** Activities whose result is on disk, in the same format. */
const recordedActivities = (): ReadonlySet<string> =>
  readTaskHubCopy(
    data,
    (store) =>
      new Set(
        store
          .instances({})
          .flatMap(({ instanceId }) =>
            completedActivities(instanceId, store.history(instanceId)),
          ),
      ),
  );

function completedActivities(
  instanceId: string,
  history: readonly StoredEvent[],
): readonly string[] {
  const completed = new Set(
    history.flatMap(({ event }) =>
      event.EventType === EventType.TaskCompleted && isSuccess(event.Result)
        ? [event.TaskScheduledId]
        : [],
    ),
  );
  return history.flatMap(({ event, input }) =>
    event.EventType === EventType.TaskScheduled && completed.has(event.EventId)
      ? [JSON.stringify([instanceId, event.Name, JSON.parse(input ?? "null")])]
      : [],
  );
}

/** An activity that answered with an error runs again. */
const isSuccess = (answer: string | null): boolean =>
  (JSON.parse(answer ?? "null") as { readonly ok: boolean }).ok;

let host: ListeningProcess;
afterAll(() => host.stop());

test("50 orchestrations complete after three kills of the host, without repeating a recorded activity", async () => {
  mkdirSync(documents);
  texts.forEach((text, index) => {
    writeFileSync(join(documents, `${index}.txt`), text);
  });
  writeFileSync(trace, "");
  host = await start();
  const started = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      createApiClient(host.url).start(
        { definition, input: { n } },
        { "idempotency-key": `kill-${n}` },
      ),
    ),
  );
  expect(started.map(({ status }) => status)).toEqual(
    Array.from({ length: count }, () => 202),
  );

  const kills: {
    readonly startedCount: number;
    readonly recorded: ReadonlySet<string>;
  }[] = [];
  for (let kill = 0; kill < 3; kill++) {
    const target =
      startedActivities().length + 20 + Math.floor(Math.random() * 150);
    await eventually(() => {
      expect(startedActivities().length).toBeGreaterThanOrEqual(target);
      return Promise.resolve();
    });
    await host.kill();
    kills.push({
      startedCount: startedActivities().length,
      recorded: recordedActivities(),
    });
    host = await start();
  }

  const api = createApiClient(host.url);
  for (const [n, { body }] of started.entries()) {
    const ended = await api.status(body.id, "60s");
    expect(ended.body).toMatchObject({
      status: "completed",
      progress: { done: 4, total: 4 },
    });
    const { body: result } = await api.get(`orchestrations/${body.id}/result`);
    expect(result).toMatchObject({ n, texts });
  }
  const { body: all } = await api.get<{ readonly items: readonly unknown[] }>(
    "orchestrations?limit=200",
  );
  expect(all.items).toHaveLength(count);
  await host.stop();

  const history = startedActivities();
  for (const { startedCount, recorded } of kills) {
    expect(recorded.size).toBeGreaterThan(0);
    expect(
      history.slice(startedCount).filter((step) => recorded.has(step)),
    ).toEqual([]);
  }
}, 180_000);
