import type { CallToolInput, CallToolOutput } from "../../src/domain/contracts";
import type { ActivityDependencies } from "../activity-dependencies";
import { loadAndRender } from "../../src/storage/load-scope";
import { runNamedTool } from "./run-named-tool";
import { createToolEvent, runToolOnce, toToolEntry } from "./run-tool-once";

type WorkflowCall = Extract<CallToolInput["call"], { from: "workflow" }>;

/** Runs the tool of a tool step with the rendered input. */
export async function callWorkflowTool(
  dependencies: ActivityDependencies,
  input: CallToolInput,
  { step, input: template, scope }: WorkflowCall,
): Promise<CallToolOutput> {
  const { orchestrationId, stepId } = step;
  const storage = dependencies.storage();
  const location = {
    sessionKey: `tool:${input.idempotencyKey}`,
    turn: 1,
    key: "result",
  };
  const messages = await storage.transcripts.read(location.sessionKey, {
    turn: location.turn,
    except: [],
  });
  const entry = await runToolOnce(storage, location, messages, async () => {
    const rendered = await loadAndRender(template, scope, storage.payloads);
    const result = await runNamedTool(dependencies, input, rendered);
    return toToolEntry(input, stepId, result);
  });
  await storage.history.append(orchestrationId, [
    createToolEvent(input, stepId, entry, {}),
  ]);
  const result = entry.message.role === "tool" ? entry.message.result : null;
  return {
    output: await storage.payloads.put(orchestrationId, result),
    usage: entry.usage,
  };
}
