import { app as functions, type HttpTriggerOptions } from "@azure/functions";
import { app as durable } from "durable-functions";
import {
  listDeadLettersRoute,
  replayDeadLetterRoute,
} from "./routes/dead-letters";
import { httpHandler, durableHttpHandler } from "./http-handler";
import { getHistoryRoute } from "./routes/get-history";
import { getOrchestrationRoute } from "./routes/get-orchestration";
import { getResultRoute } from "./routes/get-result";
import { healthLiveRoute, healthReadyRoute } from "./routes/health";
import { listOrchestrationsRoute } from "./routes/list-orchestrations";
import type { HttpDependencies } from "./http-dependencies";
import { startOrchestrationRoute } from "./routes/start-orchestration";

const get = (route: string): Required<HttpTriggerOptions> => ({
  methods: ["GET"],
  authLevel: "function",
  route,
});

/** Registers the HTTP API with the host. Only liveness is told to everyone. */
export function registerHttpRoutes(services: HttpDependencies): void {
  durable.client.http("startOrchestration", {
    methods: ["POST"],
    authLevel: "function",
    route: "orchestrations",
    handler: durableHttpHandler(startOrchestrationRoute(services)),
  });
  durable.client.http("getOrchestration", {
    ...get("orchestrations/{id}"),
    handler: durableHttpHandler(getOrchestrationRoute(services)),
  });
  durable.client.http("getResult", {
    ...get("orchestrations/{id}/result"),
    handler: durableHttpHandler(getResultRoute(services)),
  });
  functions.http("getHistory", {
    ...get("orchestrations/{id}/history"),
    handler: httpHandler(getHistoryRoute(services)),
  });
  functions.http("listOrchestrations", {
    ...get("orchestrations"),
    handler: httpHandler(listOrchestrationsRoute(services)),
  });
  functions.http("listDeadLetters", {
    ...get("dead-letters"),
    handler: httpHandler(listDeadLettersRoute(services)),
  });
  functions.http("replayDeadLetter", {
    methods: ["POST"],
    authLevel: "function",
    route: "dead-letters/{sequenceNumber}/replay",
    handler: httpHandler(replayDeadLetterRoute(services)),
  });
  functions.http("healthLive", {
    ...get("health/live"),
    authLevel: "anonymous",
    handler: httpHandler(healthLiveRoute),
  });
  durable.client.http("healthReady", {
    ...get("health/ready"),
    handler: durableHttpHandler(
      healthReadyRoute(services.healthDependencies, services.now),
    ),
  });
}
