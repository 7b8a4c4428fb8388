import { app as functions } from "@azure/functions";
import { app as durable } from "durable-functions";
import { agentSession } from "../../entities/agent-session";
import { readConfig } from "../config/read-config";
import { AosError, toFailure } from "../domain/errors";
import { agentSessionEntity } from "../domain/session/agent-session";
import { registerHttpRoutes } from "../http/register-http-routes";
import { registerServiceBusTriggers } from "../messaging/in/register-service-bus-triggers";
import { startTelemetry } from "../telemetry/start-telemetry";
import type { AosOptions } from "./aos-options";
import { createClients } from "./create-clients";
import { readinessDependencies } from "./readiness-dependencies";
import { registerActivities } from "./register-activities";
import { registerOrchestrators } from "./register-orchestrators";
import { registerTimers } from "./register-timers";

const now = (): Date => new Date();

export function registerAos(options: AosOptions): void {
  const { agents, tools, workflows } = options;
  const config = readConfig();
  startTelemetry(config.telemetry);
  const clients = createClients(config, options);
  const { messaging, storage } = clients;

  // Orchestrators decide by the code of an error; without this they receive its message only.
  durable.setExceptionPropertiesProvider({
    getExceptionProperties: (error) =>
      error instanceof AosError ? { code: toFailure(error).code } : undefined,
  });
  registerOrchestrators();
  registerActivities({
    storage,
    model: clients.model,
    modelTimeoutMs: config.model.timeoutMs,
    messaging: () => messaging?.(),
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    now,
  });
  durable.entity(agentSessionEntity, agentSession);

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
  registerTimers({ storage, now, hubRetentionDays: config.hubRetentionDays });
}
