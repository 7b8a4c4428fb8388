import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EventType } from "../../local-cloud/durable-task/model/history-event";
import type { StoredEvent } from "../../local-cloud/durable-task/model/stored-event";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import { createApiClient } from "../support/http/api-client";
import { eventually } from "../../local-cloud/test/support/shared/eventually";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";
import { readTaskHubCopy } from "../../local-cloud/test/support/durable-task/task-hub-copy";

const folder = createTemporaryFolder();
const documents = join(folder, "documents");
let data: string;
let trace: string;
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

const start = (rate: number): Promise<ListeningProcess> =>
  startHostCommand({
    app: resolve("test/fixtures/traced-aos"),
    data,
    env: {
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AOS_DOCUMENTS_FOLDER: documents,
      AOS_REPORTS_FOLDER: join(folder, "reports"),
      AOS_MODEL_PROVIDER: "offline",
      TRACE_FILE: trace,
      ...(rate > 0 && {
        AZURE_LOCAL_CLOUD_LOST_EPISODES: JSON.stringify({ seed: 1, rate }),
      }),
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

/** The recorded model and tool calls of an orchestration, sorted. */
async function recordedCalls(
  api: ReturnType<typeof createApiClient>,
  id: string,
): Promise<readonly string[]> {
  const { body } = await api.get<{
    readonly items: readonly OrchestrationEvent[];
  }>(`orchestrations/${id}/history`);
  return body.items
    .filter(({ type }) => type === "model.called" || type === "tool.called")
    .map(({ type, stepId }) => `${type} ${stepId}`)
    .sort();
}
const expectedCalls = [
  "model.called plan",
  "tool.called list",
  ...texts.map((_, index) => `tool.called read.${index}`),
  "tool.called save",
];

let host: ListeningProcess;
beforeAll(() => {
  mkdirSync(documents);
  texts.forEach((text, index) => {
    writeFileSync(join(documents, `${index}.txt`), text);
  });
});
afterEach(() => host.stop());

test.each([
  { count: 50, kills: 3, rate: 0, mode: "" },
  { count: 20, kills: 2, rate: 0.2, mode: " and lost episodes" },
])(
  "$count orchestrations complete after $kills kills of the host$mode, each model and tool call recorded once",
  async ({ count, kills, rate }) => {
    data = join(folder, `data-${rate}`);
    trace = join(folder, `trace-${rate}`);
    writeFileSync(trace, "");
    host = await start(rate);
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

    const killed: {
      readonly startedCount: number;
      readonly recorded: ReadonlySet<string>;
    }[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const target =
        startedActivities().length + 20 + Math.floor(Math.random() * 3 * count);
      await eventually(() => {
        expect(startedActivities().length).toBeGreaterThanOrEqual(target);
        return Promise.resolve();
      });
      await host.kill();
      killed.push({
        startedCount: startedActivities().length,
        recorded: recordedActivities(),
      });
      host = await start(rate);
    }

    const api = createApiClient(host.url);
    for (const [n, { body }] of started.entries()) {
      const ended = await api.status(body.id, "60s");
      expect(ended.body).toMatchObject({
        status: "completed",
        progress: { done: 4, total: 4 },
      });
      const { body: result } = await api.get(
        `orchestrations/${body.id}/result`,
      );
      expect(result).toMatchObject({ n, texts });
      expect(await recordedCalls(api, body.id)).toEqual(expectedCalls);
    }
    const { body: all } = await api.get<{ readonly items: readonly unknown[] }>(
      "orchestrations?limit=200",
    );
    expect(all.items).toHaveLength(count);
    await host.stop();

    const history = startedActivities();
    for (const { startedCount, recorded } of killed) {
      expect(recorded.size).toBeGreaterThan(0);
      // A child that is started again replaces the lost one with its recorded activities.
      if (rate === 0)
        expect(
          history.slice(startedCount).filter((step) => recorded.has(step)),
        ).toEqual([]);
    }
  },
  180_000,
);
