/** The app: composes its parts and registers them with the Functions host. The only file that does anything on import. */
import { app as functions } from "@azure/functions";
import { app, getClient, input } from "durable-functions";
import { announceStep } from "../activities/announce-step";
import { callModel } from "../activities/call-model";
import { callTool } from "../activities/call-tool";
import { evaluateExpression } from "../activities/evaluate-expression";
import { finishOrchestration } from "../activities/finish-orchestration";
import { leaveSession } from "../activities/leave-session";
import { recordHistory } from "../activities/record-history";
import { agentSession } from "../entities/agent-session";
import { agentTurn } from "../orchestrators/agent-turn";
import { agentWorkflow } from "../orchestrators/agent-workflow";
import { toolStep } from "../orchestrators/tool-step";
import { catalog } from "./catalog/catalog";
import { checkCatalog } from "./check-catalog";
import { readConfig } from "./config";
import { dependencies } from "./dependencies";
import { AosError, toFailure } from "./errors";
import {
  messagingOptions,
  openServiceBus,
  openStorage,
  selectModel,
  storageOptions,
} from "./first-use";
import { agentSessionEntity } from "./model/agent-session";
import * as contracts from "./model/contracts";
import { once } from "./once";
import { registerActivity, registerOrchestrator } from "./register";
import { tellOf } from "./telemetry/tell-of";
import { registerHttpRoutes } from "./triggers/http/routes";
import { registerServiceBus } from "./triggers/service-bus";
import { startFirst } from "./triggers/start/session-turns";
import { registerTimers } from "./triggers/timers";
import { resolved } from "./unresolved";

const config = readConfig();
const parts = catalog(config);
checkCatalog(parts);

tellOf(config.telemetry);

const { unresolved } = config;
const storage = resolved(
  "storage",
  unresolved,
  once(() => openStorage(storageOptions(config.storage))),
);
const model = resolved(
  "model",
  unresolved,
  once(() => selectModel(config.model)),
);
const tools = new Map(parts.tools.map((tool) => [tool.name, tool]));
const { serviceBus } = config;
const messaging =
  serviceBus &&
  resolved(
    "serviceBus",
    unresolved,
    once(() => openServiceBus(messagingOptions(serviceBus))),
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

registerOrchestrator(contracts.agentWorkflow, agentWorkflow);
registerOrchestrator(contracts.agentTurn, agentTurn);
registerOrchestrator(contracts.toolStep, toolStep);

registerActivity(contracts.callModel, callModel(services));
registerActivity(contracts.callTool, callTool(services));
registerActivity(contracts.evaluateExpression, evaluateExpression(services));
registerActivity(contracts.recordHistory, recordHistory(services));
registerActivity(contracts.finishOrchestration, finishOrchestration(services));
registerActivity(
  contracts.announceStep,
  (step, context) => announceStep(getClient(context))(step),
  [input.durableClient()],
);
registerActivity(
  contracts.leaveSession,
  (place, context) =>
    leaveSession(services, (session) =>
      startFirst(session, {
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
  dependencies: dependencies(config, { storage, model, messaging }),
  messaging: services.messaging,
});
// The host could not listen with a reference for a connection string; the platform starts the app anew with the secret.
if (messaging !== undefined && unresolved.of.serviceBus.length === 0) {
  registerServiceBus({ ...starting, messaging });
  functions.hook.appTerminate(() => messaging().close());
}
registerTimers({ storage, now, hubRetentionDays: config.hubRetentionDays });
