import { app as functions, type HttpTriggerOptions } from "@azure/functions";
import { app as durable } from "durable-functions";
import { listDeadLetters, replayDeadLetter } from "./dead-letters";
import { endpoint, hubEndpoint } from "./endpoint";
import { getHistory } from "./get-history";
import { getOrchestration } from "./get-orchestration";
import { getResult } from "./get-result";
import { live, ready } from "./health";
import { listOrchestrations } from "./list-orchestrations";
import type { HttpServices } from "./services";
import { startOrchestration } from "./start-orchestration";

const get = (route: string): Required<HttpTriggerOptions> => ({
  methods: ["GET"],
  authLevel: "function",
  route,
});

/** Registers the HTTP API with the host. Only liveness is told to everyone. */
export function registerHttpRoutes(services: HttpServices): void {
  durable.client.http("startOrchestration", {
    methods: ["POST"],
    authLevel: "function",
    route: "orchestrations",
    handler: hubEndpoint(startOrchestration(services)),
  });
  durable.client.http("getOrchestration", {
    ...get("orchestrations/{id}"),
    handler: hubEndpoint(getOrchestration(services)),
  });
  durable.client.http("getResult", {
    ...get("orchestrations/{id}/result"),
    handler: hubEndpoint(getResult(services)),
  });
  functions.http("getHistory", {
    ...get("orchestrations/{id}/history"),
    handler: endpoint(getHistory(services)),
  });
  functions.http("listOrchestrations", {
    ...get("orchestrations"),
    handler: endpoint(listOrchestrations(services)),
  });
  functions.http("listDeadLetters", {
    ...get("dead-letters"),
    handler: endpoint(listDeadLetters(services)),
  });
  functions.http("replayDeadLetter", {
    methods: ["POST"],
    authLevel: "function",
    route: "dead-letters/{sequenceNumber}/replay",
    handler: endpoint(replayDeadLetter(services)),
  });
  functions.http("healthLive", {
    ...get("health/live"),
    authLevel: "anonymous",
    handler: endpoint(live),
  });
  durable.client.http("healthReady", {
    ...get("health/ready"),
    handler: hubEndpoint(ready(services.dependencies, services.now)),
  });
}
