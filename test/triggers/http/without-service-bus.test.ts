import { HttpRequest, InvocationContext } from "@azure/functions";
import type { DurableClient } from "durable-functions";
import type { Storage } from "../../../src/history/ports";
import { listDeadLetters } from "../../../src/triggers/http/dead-letters";
import { endpoint, hubEndpoint } from "../../../src/triggers/http/endpoint";
import { ready } from "../../../src/triggers/http/health";
import type { Dependency } from "../../../src/triggers/http/health/dependency";
import { startOrchestration } from "../../../src/triggers/http/start-orchestration";
import { taskHub } from "../task-hub";

const services = {
  storage: (): Storage => {
    throw new Error("Nothing is asked of storage here.");
  },
  agents: new Map(),
  tools: new Set<string>(),
  workflows: [],
  dependencies: [
    {
      name: "serviceBus",
      code: "messaging_unavailable",
      signIn: "identity",
      settings: [],
      unresolved: [],
    },
  ] satisfies Dependency[],
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
    const check = hubEndpoint(ready(services.dependencies, services.now));
    const hub = taskHub() as unknown as DurableClient;
    const reply = await check(request("health"), hub, context);
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({
      status: "ok",
      checks: { serviceBus: { status: "not configured" } },
    });
  });

  test("says what to set when it is asked for dead letters", async () => {
    const list = endpoint(listDeadLetters(services));
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
    const start = hubEndpoint(startOrchestration(services));
    const body = { workflow: "w", replyTo: "answers" };
    const reply = await start(
      request("orchestrations", body),
      taskHub() as unknown as DurableClient,
      context,
    );
    expect(JSON.parse(reply.body)).toMatchObject({
      status: 400,
      errors: [{ pointer: "/replyTo" }],
    });
  });
});
