/** The HTTP API without a listener, on an in-memory hub that contains one instance in each state. */
import type { OrchestrationContext } from "durable-functions";
import { EventType } from "../../../durable-task/model/history-event";
import { createDurableHttpApi } from "../../../durable-task/http-api/routes";
import { TaskHub } from "../../../durable-task/engine/task-hub";
import type { RuntimeStatus } from "../../../durable-task/model/instance";
import { parseDurableTaskSettings } from "../../../durable-task/engine/settings";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import { registerStubs } from "../../../testing/stubs";
import { createTestInstance } from "../../contracts/task-hub-store.contract";

interface RequestOptions {
  readonly body?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function* echo({ df }: OrchestrationContext) {
  yield df.callActivity("nothing");
  return df.getInput();
}

const openHubs: TaskHub[] = [];
export async function stopApiHubs(): Promise<void> {
  for (const hub of openHubs.splice(0)) await hub.stop(1000);
}

/** Creates a hub with one instance in each state (the id is the state) and its API. */
export async function createApi(settings: object = {}) {
  const store = openTaskHubStore(":memory:");
  const { functions, invoke } = registerStubs(echo, {
    activities: { nothing: () => null },
    entities: { counter: () => undefined },
  });
  const problems: unknown[] = [];
  const hub = new TaskHub({
    store,
    settings: parseDurableTaskSettings({ hubName: "Here", ...settings }),
    functions,
    invoke,
    reportProblem: (...problem) => problems.push(problem),
    onFatalError: (error) => problems.push(error),
  });
  openHubs.push(hub);
  await store.commit([
    {
      instances: allStatuses.map((status) =>
        createTestInstance(status, {
          name: "echo",
          version: "",
          parent: null,
          input: '"old"',
          status,
        }),
      ),
      histories: allStatuses.map((instanceId) => ({
        instanceId,
        from: 0,
        events: [orchestratorStarted],
      })),
    },
  ]);
  const handle = createDurableHttpApi({
    hub,
    address: {
      baseUrl: "http://hub",
      query: "",
      hubName: "Here",
      keyQuery: "",
    },
  });
  const request = async (
    method: string,
    path: string,
    { body = "", type = "application/json", headers = {} }: RequestOptions = {},
  ) => {
    const url = new URL(`http://hub/${path}`);
    const response = await handle({
      method,
      path: decodeURIComponent(url.pathname.slice(1)),
      url,
      headers: { "content-type": type, ...headers },
      body: Buffer.from(body),
      signal: new AbortController().signal,
    });
    return { status: response.status, text: response.body ?? "" };
  };
  return { hub, request, problems };
}

export const allStatuses = [
  "Pending",
  "Running",
  "Suspended",
  "Completed",
  "Failed",
  "Terminated",
] as const satisfies readonly RuntimeStatus[];
const orchestratorStarted = {
  event: {
    EventType: EventType.OrchestratorStarted,
    Timestamp: "2026-01-01T00:00:00.000Z",
  },
  input: null,
} as const;

/** The entire content of the hub, for tests that a request does not change it. */
export const snapshotHub = (hub: TaskHub): unknown => [
  hub.listInstances({}),
  hub.listEntities({}),
  allStatuses.map((id) => hub.getHistory(id)),
];
