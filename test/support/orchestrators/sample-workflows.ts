/** The sample workflows, run with the functions that the app registers, on a hub and storage in memory. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { InvocationContext } from "@azure/functions";
import type * as durableFunctions from "durable-functions";
import { LossyHub } from "../../../local-cloud/test/support/durable-task/lossy-hub";
import type { Stubs } from "../../../local-cloud/testing/stubs";
import { registerDurableFunctions } from "../../../src/app/register-durable-functions";
import type { Catalog } from "../../../src/app/validate-catalog";
import { offlineScripts } from "../../../src/catalog/offline/document-review";
import type { WorkflowInput } from "../../../src/domain/contracts";
import type { OrchestrationEvent } from "../../../src/domain/history/orchestration-history";
import type { Json } from "../../../src/domain/payload";
import type { WorkflowDefinition } from "../../../src/domain/workflow/workflow-definition";
import { offlineModel } from "../../../src/models/offline/offline-model";
import type { Storage, SummaryChange } from "../../../src/storage/ports";
import { createMemoryRecords } from "../storage/memory-records";

type ActivityHandler = (
  input: never,
  context: InvocationContext,
) => Promise<unknown>;

type RaiseEvent = (id: string, name: string, data: unknown) => Promise<void>;
const rejectEvent: RaiseEvent = () =>
  Promise.reject(new Error("There is no hub."));

/** The functions of the latest registration, and the hub that they use. */
const mockApp = {
  orchestrators: new Map<string, durableFunctions.OrchestrationHandler>(),
  activities: new Map<string, ActivityHandler>(),
  entities: new Map<string, (context: never) => unknown>(),
  client: { raiseEvent: rejectEvent },
};
jest.mock("durable-functions", () => ({
  ...jest.requireActual<object>("durable-functions"),
  getClient: () => mockApp.client,
  app: {
    orchestration: (
      name: string,
      handler: durableFunctions.OrchestrationHandler,
    ) => mockApp.orchestrators.set(name, handler),
    activity: (name: string, { handler }: { handler: ActivityHandler }) =>
      mockApp.activities.set(name, handler),
    entity: (name: string, handler: (context: never) => unknown) =>
      mockApp.entities.set(name, handler),
  },
}));

/** Tools and agents beside and after each other, with fewer at a time than items. */
export const parallelWorkflow: WorkflowDefinition = {
  name: "parallel",
  version: "1",
  steps: [
    { id: "list", kind: "tool", tool: "listDocuments" },
    {
      id: "texts",
      kind: "map",
      over: "${steps.list.output.map(d, d.name)}",
      as: "doc",
      maxParallel: 2,
      step: { kind: "tool", tool: "readDocument", input: { name: "${doc}" } },
    },
    {
      id: "plan",
      kind: "agent",
      agent: "planner",
      needs: ["list"],
      prompt: "Plan the review.\n- Read all of it.",
    },
    {
      id: "read",
      kind: "map",
      over: "${steps.list.output.map(d, d.name)}",
      as: "doc",
      maxParallel: 3,
      step: { kind: "agent", agent: "reader", prompt: "${doc}\n\nRead it." },
    },
    {
      id: "save",
      kind: "tool",
      tool: "saveReport",
      needs: ["texts", "plan", "read"],
      input: {
        name: "${orchestration.id}.md",
        text: "${steps.plan.output.summary}",
      },
    },
  ],
  output: {
    texts: "${steps.texts.output.map(t, size(t.text))}",
    documents: "${steps.read.output.map(r, r.document)}",
    plan: "${steps.plan.output.summary}",
  },
};

export interface SampleRun {
  readonly status: string | undefined;
  /** Of the instance in the hub: the reason of a failure. */
  readonly reason: string | null | undefined;
  readonly output: Json | undefined;
  readonly usage: SummaryChange["usage"];
  /** One text per recorded model or tool call, sorted. */
  readonly calls: readonly string[];
  /** Ids of instances that have not ended. */
  readonly running: readonly string[];
  readonly problems: readonly string[];
}

/** Runs a workflow of the catalog to its end. The times of its activities depend on `seed`, as the lost episodes do. */
export async function runSampleWorkflow(
  catalog: Catalog,
  definition: WorkflowDefinition,
  lostEpisodes: { readonly seed: number; readonly rate: number },
): Promise<SampleRun> {
  const id = "order:1";
  const storage = createRunStorage();
  registerDurableFunctions({
    storage: () => storage,
    messaging: () => undefined,
    model: () => offlineModel(offlineScripts),
    modelTimeoutMs: 60_000,
    tools: new Map(catalog.tools.map((tool) => [tool.name, tool])),
    now: () => new Date(),
  });
  await using lossy = new LossyHub({
    ...toStubs(createDelay(lostEpisodes.seed)),
    lostEpisodes,
  });
  mockApp.client.raiseEvent = (to, name, data) => lossy.raise(to, name, data);
  const input: WorkflowInput = {
    orchestrationId: id,
    definition,
    agents: Object.fromEntries(
      catalog.agents.map((agent) => [agent.name, agent]),
    ),
    input: { value: {} },
  };
  await lossy.start(id, input);
  await lossy.runToEnd();
  const instance = lossy.hub.getInstance(id);
  const output = await storage.orchestrations.output(id);
  return {
    status: instance?.status,
    reason: instance?.status === "Completed" ? null : instance?.output,
    output: output && (await storage.payloads.get(output)),
    usage: (await storage.orchestrations.find(id))?.summary.usage,
    calls: (await storage.history.read(id)).flatMap(describeCall).sort(),
    running: lossy.hub
      .listInstances({ status: ["Pending", "Running"] })
      .map(({ instanceId }) => instanceId)
      .filter((instanceId) => !instanceId.startsWith("@")),
    problems: lossy.problems,
  };
}

/** Records in memory, and of the summary only the end, which is written once. */
function createRunStorage(): Storage {
  let end: SummaryChange | undefined;
  const orchestrations = {
    update: (_id: string, change: SummaryChange) => {
      if (change.endedAt === undefined || end !== undefined)
        return Promise.resolve(false);
      end = change;
      return Promise.resolve(true);
    },
    find: () => Promise.resolve(end && { summary: end }),
    output: () => Promise.resolve(end?.output),
  };
  return { ...createMemoryRecords(), orchestrations } as unknown as Storage;
}

function toStubs(delay: () => Promise<void>) {
  const [orchestrator, ...subOrchestrators] = [...mockApp.orchestrators].map(
    ([name, handler]) => toGenerator(name, handler),
  );
  if (orchestrator === undefined)
    throw new Error("The app has registered no orchestrator.");
  const activities = [...mockApp.activities].map(
    ([name, handler]) =>
      [
        name,
        async (input: never, context: InvocationContext): Promise<unknown> => {
          await delay();
          return handler(input, context);
        },
      ] as const,
  );
  return {
    orchestrator,
    subOrchestrators: Object.fromEntries(
      subOrchestrators.map((each) => [each.name, each]),
    ),
    activities: Object.fromEntries(activities),
    entities: Object.fromEntries(mockApp.entities),
  } satisfies Stubs & { orchestrator: unknown };
}

/** The registered handler is a plain function that returns a generator. */
function toGenerator(
  name: string,
  handler: durableFunctions.OrchestrationHandler,
): durableFunctions.OrchestrationHandler {
  const run = function* (
    context: durableFunctions.OrchestrationContext,
  ): ReturnType<durableFunctions.OrchestrationHandler> {
    return yield* handler(context);
  };
  return Object.defineProperty(run, "name", { value: name });
}

/** Waits for up to 20 turns of the event loop. */
function createDelay(seed: number): () => Promise<void> {
  let state = seed + 1;
  return async () => {
    state = (state * 48_271) % 2_147_483_647;
    for (let turns = state % 20; turns > 0; turns -= 1) await nextTurn();
  };
}

function describeCall({ type, stepId, data }: OrchestrationEvent): string[] {
  if (type !== "model.called" && type !== "tool.called") return [];
  const { turn, round, idempotencyKey } = data ?? {};
  return [JSON.stringify([type, stepId, turn, round, idempotencyKey])];
}
