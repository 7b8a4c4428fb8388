/** The HTTP API without a listener, on a hub in memory that has an instance in each state. */
import type { OrchestrationContext } from "durable-functions";
import { EventType } from "../../../../src/local/durable-task/history-event";
import { httpApi } from "../../../../src/local/durable-task/http-api/routes";
import { TaskHub } from "../../../../src/local/durable-task/hub";
import type { RuntimeStatus } from "../../../../src/local/durable-task/instance";
import { readSettings } from "../../../../src/local/durable-task/settings";
import { openSqliteStore } from "../../../../src/local/durable-task/store/sqlite-store";
import { castOf } from "../../../../src/local/testing/cast";
import { instanceOf } from "../store/store.contract";

interface Asked {
  readonly body?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function* echo({ df }: OrchestrationContext) {
  yield df.callActivity("nothing");
  return df.getInput();
}

const open: TaskHub[] = [];
export async function stopAll(): Promise<void> {
  for (const hub of open.splice(0)) await hub.stop(1000);
}

/** A hub with one instance in each state, of which the id is the state, and its API. */
export async function api(settings: object = {}) {
  const store = openSqliteStore(":memory:");
  const cast = castOf(echo, {
    activities: { nothing: () => null },
    entities: { counter: () => undefined },
  });
  const problems: unknown[] = [];
  const hub = new TaskHub({
    store,
    settings: readSettings({ hubName: "Here", ...settings }),
    functions: cast.functions,
    invoke: cast.invoke,
    problem: (...problem) => problems.push(problem),
    fail: (error) => problems.push(error),
  });
  open.push(hub);
  await store.commit([
    {
      instances: states.map((status) =>
        instanceOf(status, {
          name: "echo",
          version: "",
          parent: null,
          input: '"old"',
          status,
        }),
      ),
      histories: states.map((instanceId) => ({
        instanceId,
        from: 0,
        events: [started],
      })),
    },
  ]);
  const answer = httpApi({
    hub,
    addresses: { base: "http://hub", query: "", hubName: "Here", code: "" },
  });
  const ask = async (method: string, path: string, asked: Asked = {}) => {
    const { body = "", type = "application/json", headers = {} } = asked;
    const url = new URL(`http://hub/${path}`);
    const response = await answer({
      method,
      path: decodeURIComponent(url.pathname.slice(1)),
      url,
      headers: { "content-type": type, ...headers },
      body: Buffer.from(body),
      signal: new AbortController().signal,
    });
    return { status: response.status, text: response.body ?? "" };
  };
  return { hub, ask, problems };
}

export const states = [
  "Pending",
  "Running",
  "Suspended",
  "Completed",
  "Failed",
  "Terminated",
] as const satisfies readonly RuntimeStatus[];
const started = {
  event: {
    EventType: EventType.OrchestratorStarted,
    Timestamp: "2026-01-01T00:00:00.000Z",
  },
  input: null,
} as const;

/** All that is kept, for tests in which nothing of it may change. */
export const snapshot = (hub: TaskHub): unknown => [
  hub.list({}),
  hub.entities({}),
  states.map((id) => hub.history(id)),
];
