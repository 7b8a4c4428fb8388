/** The app: composes its parts and registers them with the Functions host. The only file that does anything on import. */
import { app as functions } from "@azure/functions";
import { app, getClient, input } from "durable-functions";
import { notifyStepSettled } from "../activities/notify-step-settled";
import { callModel } from "../activities/call-model";
import { callTool } from "../activities/call-tool";
import { evaluateExpression } from "../activities/evaluate-expression";
import { finishOrchestration } from "../activities/finish-orchestration";
import { releaseSession } from "../activities/release-session";
import { recordHistory } from "../activities/record-history";
import { agentSession } from "../entities/agent-session";
import { agentTurn } from "../orchestrators/agent-turn";
import { agentWorkflow } from "../orchestrators/agent-workflow";
import { toolStep } from "../orchestrators/tool-step";
import { createCatalog } from "./catalog/catalog";
import { validateCatalog } from "./app/validate-catalog";
import { readConfig } from "./config/read-config";
import { readinessDependencies } from "./app/readiness-dependencies";
import { AosError, toFailure } from "./domain/errors";
import {
  messagingOptions,
  createMessaging,
  createStorage,
  createLanguageModel,
  storageOptions,
} from "./app/lazy-clients";
import { agentSessionEntity } from "./domain/session/agent-session";
import * as contracts from "./domain/contracts";
import { memoize } from "./domain/memoize";
import { registerActivity, registerOrchestrator } from "./app/register";
import { startTelemetry } from "./telemetry/start-telemetry";
import { registerHttpRoutes } from "./http/register-http-routes";
import { registerServiceBusTriggers } from "./messaging/in/register-service-bus-triggers";
import { startNextInSession } from "./orchestrations/session-queue";
import { registerTimers } from "./app/register-timers";
import { requireResolvedSettings } from "./config/key-vault-references";

const config = readConfig();
const parts = createCatalog(config);
validateCatalog(parts);

startTelemetry(config.telemetry);

const { unresolved } = config;
const storage = requireResolvedSettings(
  "storage",
  unresolved,
  memoize(() => createStorage(storageOptions(config.storage))),
);
const model = requireResolvedSettings(
  "model",
  unresolved,
  memoize(() => createLanguageModel(config.model)),
);
const tools = new Map(parts.tools.map((tool) => [tool.name, tool]));
const { serviceBus } = config;
const messaging =
  serviceBus &&
  requireResolvedSettings(
    "serviceBus",
    unresolved,
    memoize(() => createMessaging(messagingOptions(serviceBus))),
  );
const services = {
  storage,
  model,
  tools,
  messaging: () => messaging?.(),
};
const now = (): Date => new Date();

// Without it an orchestrator would be told an error's message only, and decides by its code.
app.setExceptionPropertiesProvider({
  getExceptionProperties: (error) =>
    error instanceof AosError ? { code: toFailure(error).code } : undefined,
});

registerOrchestrator(contracts.agentWorkflowOrchestrator, agentWorkflow);
registerOrchestrator(contracts.agentTurnOrchestrator, agentTurn);
registerOrchestrator(contracts.toolStepOrchestrator, toolStep);

registerActivity(contracts.callModelActivity, callModel(services));
registerActivity(contracts.callToolActivity, callTool(services));
registerActivity(
  contracts.evaluateExpressionActivity,
  evaluateExpression(services),
);
registerActivity(contracts.recordHistoryActivity, recordHistory(services));
registerActivity(
  contracts.finishOrchestrationActivity,
  finishOrchestration(services),
);
registerActivity(
  contracts.notifyStepSettledActivity,
  (step, context) => notifyStepSettled(getClient(context))(step),
  [input.durableClient()],
);
registerActivity(
  contracts.releaseSessionActivity,
  (place, context) =>
    releaseSession(services, (session) =>
      startNextInSession(session, {
        storage: storage(),
        hub: getClient(context),
        now,
        by: "session",
        log: context,
      }),
    )(place),
  [input.durableClient()],
);

app.entity(agentSessionEntity, agentSession);

const starting = {
  storage,
  agents: new Map(parts.agents.map((agent) => [agent.name, agent])),
  tools: new Set(tools.keys()),
  workflows: parts.workflows,
  now,
};
registerHttpRoutes({
  ...starting,
  healthDependencies: readinessDependencies(config, {
    storage,
    model,
    messaging,
  }),
  messaging: services.messaging,
});
// The host could not listen with a reference for a connection string; the platform starts the app anew with the secret.
if (messaging !== undefined && unresolved.byService.serviceBus.length === 0) {
  registerServiceBusTriggers({ ...starting, messaging });
  functions.hook.appTerminate(() => messaging().close());
}
registerTimers({ storage, now, hubRetentionDays: config.hubRetentionDays });
