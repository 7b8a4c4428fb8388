import { HttpRequest, InvocationContext } from "@azure/functions";
import type { DurableClient } from "durable-functions";
import type { Storage } from "../../../src/storage/ports";
import { listDeadLettersRoute } from "../../../src/http/routes/dead-letters";
import {
  httpHandler,
  durableHttpHandler,
} from "../../../src/http/http-handler";
import { healthReadyRoute } from "../../../src/http/routes/health";
import type { HealthDependency } from "../../../src/health/health-dependency";
import { startOrchestrationRoute } from "../../../src/http/routes/start-orchestration";
import { fakeTaskHub } from "../../support/orchestrations/fake-task-hub";

const services = {
  storage: (): Storage => {
    throw new Error("Nothing is asked of storage here.");
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
const context = new InvocationContext({ logHandler: () => undefined });
const request = (path: string, body?: object) =>
  new HttpRequest({
    method: body === undefined ? "GET" : "POST",
    url: `http://localhost/api/${path}`,
    ...(body !== undefined && { body: { string: JSON.stringify(body) } }),
  });

describe("an app that runs without Service Bus", () => {
  test("is ready, and says that it is not configured", async () => {
    const check = durableHttpHandler(
      healthReadyRoute(services.healthDependencies, services.now),
    );
    const hub = fakeTaskHub() as unknown as DurableClient;
    const reply = await check(request("health"), hub, context);
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({
      status: "ok",
      checks: { serviceBus: { status: "not configured" } },
    });
  });

  test("says what to set when it is asked for dead letters", async () => {
    const list = httpHandler(listDeadLettersRoute(services));
    const reply = await list(request("dead-letters"), context);
    expect(reply.status).toBe(501);
    expect(JSON.parse(reply.body)).toMatchObject({
      code: "messaging_not_configured",
      detail: expect.stringContaining(
        "AZURE_SERVICEBUS_CONNECTION_STRING",
      ) as unknown,
    });
  });

  test("refuses a start that wants its answer by message", async () => {
    const start = durableHttpHandler(startOrchestrationRoute(services));
    const body = { workflow: "w", replyTo: "answers" };
    const reply = await start(
      request("orchestrations", body),
      fakeTaskHub() as unknown as DurableClient,
      context,
    );
    expect(JSON.parse(reply.body)).toMatchObject({
      status: 400,
      errors: [{ pointer: "/replyTo" }],
    });
  });
});
