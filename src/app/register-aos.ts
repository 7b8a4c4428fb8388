import { app as functions } from "@azure/functions";
import { app as durable } from "durable-functions";
import { readConfig } from "../config/read-config";
import { registerHttpRoutes } from "../http/register-http-routes";
import { registerServiceBusTriggers } from "../messaging/in/register-service-bus-triggers";
import { createEndSweepMemory } from "../orchestrations/end/sweep-ended";
import { runMaintenance } from "../orchestrations/maintenance";
import { startTelemetry } from "../telemetry/start-telemetry";
import type { AosOptions } from "./aos-options";
import { createClients } from "./create-clients";
import { readinessDependencies } from "./readiness-dependencies";
import { registerDurableFunctions } from "./register-durable-functions";

const now = (): Date => new Date();

export function registerAos(options: AosOptions): void {
  const { agents, tools, workflows } = options;
  const config = readConfig();
  startTelemetry(config.telemetry);
  const clients = createClients(config, options);
  const { messaging, storage } = clients;

  registerDurableFunctions({
    storage,
    model: clients.model,
    modelTimeoutMs: config.model.timeoutMs,
    messaging: () => messaging?.(),
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    now,
  });

  const start = {
    storage,
    agents: new Map(agents.map((agent) => [agent.name, agent])),
    tools: new Set(tools.map(({ name }) => name)),
    workflows,
    now,
  };
  registerHttpRoutes({
    ...start,
    healthDependencies: readinessDependencies(config, clients, options.model),
    messaging: () => messaging?.(),
  });
  // The host cannot listen while the connection string is an unresolved Key Vault reference; the platform restarts the app with the secret.
  if (
    messaging !== undefined &&
    config.unresolved.byService.serviceBus.length === 0
  ) {
    registerServiceBusTriggers({ ...start, messaging });
    functions.hook.appTerminate(() => messaging().close());
  }
  const maintenance = {
    storage,
    messaging: () => messaging?.(),
    now,
    hubRetentionDays: config.hubRetentionDays,
    endSweep: createEndSweepMemory(),
  };
  // The host runs a timer on one instance at a time.
  durable.client.timer("sweepClaims", {
    schedule: "*/30 * * * * *",
    handler: (_timer, hub, context) =>
      runMaintenance(maintenance, hub, context),
  });
}
