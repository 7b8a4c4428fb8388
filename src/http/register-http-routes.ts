import { app as functions, type HttpTriggerOptions } from "@azure/functions";
import { app as durable } from "durable-functions";
import type { HttpDependencies } from "./http-dependencies";
import { durableHttpHandler, httpHandler } from "./http-handler";
import { getHistoryRoute } from "./routes/get-history";
import { getOrchestrationRoute } from "./routes/get-orchestration";
import { getResultRoute } from "./routes/get-result";
import { healthLiveRoute, healthReadyRoute } from "./routes/health";
import { listDeadLettersRoute } from "./routes/list-dead-letters";
import { listOrchestrationsRoute } from "./routes/list-orchestrations";
import { replayDeadLetterRoute } from "./routes/replay-dead-letter";
import { startOrchestrationRoute } from "./routes/start-orchestration";

const get = (route: string): Required<HttpTriggerOptions> => ({
  methods: ["GET"],
  authLevel: "function",
  route,
});

/** Registers the HTTP API. Only the liveness route is anonymous. */
export function registerHttpRoutes(dependencies: HttpDependencies): void {
  durable.client.http("startOrchestration", {
    methods: ["POST"],
    authLevel: "function",
    route: "orchestrations",
    handler: durableHttpHandler(startOrchestrationRoute(dependencies)),
  });
  durable.client.http("getOrchestration", {
    ...get("orchestrations/{id}"),
    handler: durableHttpHandler(getOrchestrationRoute(dependencies)),
  });
  durable.client.http("getResult", {
    ...get("orchestrations/{id}/result"),
    handler: durableHttpHandler(getResultRoute(dependencies)),
  });
  functions.http("getHistory", {
    ...get("orchestrations/{id}/history"),
    handler: httpHandler(getHistoryRoute(dependencies)),
  });
  functions.http("listOrchestrations", {
    ...get("orchestrations"),
    handler: httpHandler(listOrchestrationsRoute(dependencies)),
  });
  functions.http("listDeadLetters", {
    ...get("dead-letters"),
    handler: httpHandler(listDeadLettersRoute(dependencies)),
  });
  functions.http("replayDeadLetter", {
    methods: ["POST"],
    authLevel: "function",
    route: "dead-letters/{sequenceNumber}/replay",
    handler: httpHandler(replayDeadLetterRoute(dependencies)),
  });
  functions.http("healthLive", {
    ...get("health/live"),
    authLevel: "anonymous",
    handler: httpHandler(healthLiveRoute),
  });
  durable.client.http("healthReady", {
    ...get("health/ready"),
    handler: durableHttpHandler(healthReadyRoute(dependencies)),
  });
}
