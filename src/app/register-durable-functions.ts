import { app, getClient, input } from "durable-functions";
import type { ActivityDependencies } from "../../activities/activity-dependencies";
import { callModel } from "../../activities/call-model";
import { callTool } from "../../activities/call-tool";
import { evaluateExpression } from "../../activities/evaluate-expression";
import { notifyStepSettled } from "../../activities/notify-step-settled";
import { recordHistory } from "../../activities/record-history";
import { agentSession } from "../../entities/agent-session";
import { agentTurn } from "../../orchestrators/agent-turn";
import { agentWorkflow } from "../../orchestrators/agent-workflow";
import { toolStep } from "../../orchestrators/tool-step";
import * as contracts from "../domain/contracts";
import { agentSessionEntity } from "../domain/session/agent-session";
import { finishOrchestration } from "../orchestrations/end/finish-orchestration";
import { releaseSession } from "../orchestrations/session-queue";
import { registerActivity, registerOrchestrator } from "./register";

export function registerDurableFunctions(
  dependencies: ActivityDependencies & { readonly now: () => Date },
): void {
  const { now, storage } = dependencies;
  registerOrchestrator(contracts.agentWorkflowOrchestrator, agentWorkflow);
  registerOrchestrator(contracts.agentTurnOrchestrator, agentTurn);
  registerOrchestrator(contracts.toolStepOrchestrator, toolStep);
  app.entity(agentSessionEntity, agentSession);
  registerActivity(contracts.callModelActivity, callModel(dependencies));
  registerActivity(contracts.callToolActivity, callTool(dependencies));
  registerActivity(
    contracts.evaluateExpressionActivity,
    evaluateExpression(dependencies),
  );
  registerActivity(
    contracts.recordHistoryActivity,
    recordHistory(dependencies),
  );
  registerActivity(
    contracts.finishOrchestrationActivity,
    finishOrchestration(dependencies),
  );
  registerActivity(
    contracts.notifyStepSettledActivity,
    (child, context) => notifyStepSettled(getClient(context))(child),
    [input.durableClient()],
  );
  registerActivity(
    contracts.releaseSessionActivity,
    async ({ orchestrationId: id, queuePosition }, context) => {
      await releaseSession(
        { id, queuePosition },
        {
          storage: storage(),
          hub: getClient(context),
          now,
          by: "session",
          log: context,
        },
      );
      return null;
    },
    [input.durableClient()],
  );
}
