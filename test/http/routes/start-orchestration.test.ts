import type { DurableClient } from "durable-functions";
import type { WorkflowDefinition } from "../../../src/domain/workflow/workflow-definition";
import { durableHttpHandler } from "../../../src/http/http-handler";
import type { OrchestrationView } from "../../../src/http/views/orchestration-view";
import { startOrchestrationRoute } from "../../../src/http/routes/start-orchestration";
import {
  createRequest,
  createRequestContext,
} from "../../support/http/route-request";
import {
  type FakeTaskHub,
  fakeTaskHub,
} from "../../support/orchestrations/fake-task-hub";
import { useAzuriteStorage } from "../../support/storage/azurite-storage";

const storage = useAzuriteStorage();
const startMs = Date.parse("2026-01-01T00:00:00Z");

const workflow: WorkflowDefinition = {
  name: "w",
  version: "1",
  steps: [{ id: "a", kind: "tool", tool: "search" }],
};

/** The route with a clock that the test sets. */
function api(hub: FakeTaskHub, workflows = [workflow]) {
  const clock = { ms: startMs };
  const handler = durableHttpHandler(
    startOrchestrationRoute({
      storage,
      agents: new Map(),
      tools: new Set(["search"]),
      workflows,
      healthDependencies: [],
      messaging: () => undefined,
      now: () => new Date(clock.ms),
    }),
  );
  const start = async (body: object) => {
    const { status, body: text } = await handler(
      createRequest("orchestrations", body),
      hub as unknown as DurableClient,
      createRequestContext(),
    );
    return { status, body: JSON.parse(text) as OrchestrationView };
  };
  return { clock, start };
}

describe("a claim whose start failed", () => {
  test("is not taken over by a duplicate request after 29 seconds", async () => {
    const hub = fakeTaskHub();
    const { clock, start } = api(hub);
    hub.broken = true;
    expect((await start({ workflow: "w", id: "recent" })).status).toBe(503);
    hub.broken = false;
    clock.ms += 29_000;
    const again = await start({ workflow: "w", id: "recent" });
    expect(again).toMatchObject({ status: 200, body: { status: "pending" } });
    expect(hub.started).toEqual([]);
  });

  test("is taken over by exactly one of five duplicate requests after 31 seconds", async () => {
    const hub = fakeTaskHub();
    const { clock, start } = api(hub);
    hub.broken = true;
    await start({ workflow: "w", id: "old" });
    hub.broken = false;
    clock.ms += 31_000;
    const responses = await Promise.all(
      Array.from({ length: 5 }, () => start({ workflow: "w", id: "old" })),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(hub.started).toEqual(["old"]);
  });
});

test("a request whose claim took longer than the start deadline returns 503", async () => {
  const hub = fakeTaskHub();
  const { clock, start } = api(hub);
  const claimed = start({ workflow: "w", id: "slow" });
  const clockTicks = setInterval(() => (clock.ms += 21_000), 0);
  const { status } = await claimed;
  clearInterval(clockTicks);
  expect(status).toBe(503);
  expect(hub.started).toEqual([]);
});

test("a repeated request returns 200 after its workflow was removed from the catalog", async () => {
  const hub = fakeTaskHub();
  const body = { workflow: "w", id: "changed" };
  expect((await api(hub).start(body)).status).toBe(202);
  const later = api(hub, []);
  expect((await later.start(body)).status).toBe(200);
  expect((await later.start({ workflow: "w" })).status).toBe(404);
});
