import type { DurableClient } from "durable-functions";
import type { Storage } from "../../../src/storage/ports";
import { listDeadLettersRoute } from "../../../src/http/routes/list-dead-letters";
import {
  httpHandler,
  durableHttpHandler,
} from "../../../src/http/http-handler";
import { healthReadyRoute } from "../../../src/http/routes/health";
import type { HealthDependency } from "../../../src/health/health-dependency";
import { startOrchestrationRoute } from "../../../src/http/routes/start-orchestration";
import {
  createRequest,
  createRequestContext,
} from "../../support/http/route-request";
import { fakeTaskHub } from "../../support/orchestrations/fake-task-hub";

const dependencies = {
  storage: (): Storage => {
    throw new Error("The tests must not use storage.");
  },
  agents: new Map(),
  tools: new Set<string>(),
  workflows: [],
  healthDependencies: [
    {
      name: "serviceBus",
      code: "messaging_unavailable",
      authentication: "identity",
      settings: [],
      unresolved: [],
    },
  ] satisfies HealthDependency[],
  messaging: () => undefined,
  now: () => new Date(0),
};
const context = createRequestContext();

describe("an app that runs without Service Bus", () => {
  test("is ready and reports Service Bus as not configured", async () => {
    const check = durableHttpHandler(healthReadyRoute(dependencies));
    const hub = fakeTaskHub() as unknown as DurableClient;
    const reply = await check(createRequest("health"), hub, context);
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({
      status: "ok",
      checks: { serviceBus: { status: "not configured" } },
    });
  });

  test("returns 501 that names the setting when dead letters are listed", async () => {
    const list = httpHandler(listDeadLettersRoute(dependencies));
    const reply = await list(createRequest("dead-letters"), context);
    expect(reply.status).toBe(501);
    expect(JSON.parse(reply.body)).toMatchObject({
      code: "messaging_not_configured",
      detail: expect.stringContaining(
        "AZURE_SERVICEBUS_CONNECTION_STRING",
      ) as unknown,
    });
  });

  test("returns 400 when a start request contains replyTo", async () => {
    const start = durableHttpHandler(startOrchestrationRoute(dependencies));
    const body = { workflow: "w", replyTo: "answers" };
    const reply = await start(
      createRequest("orchestrations", body),
      fakeTaskHub() as unknown as DurableClient,
      context,
    );
    expect(JSON.parse(reply.body)).toMatchObject({
      status: 400,
      errors: [{ pointer: "/replyTo" }],
    });
  });
});
