import type { CallToolInput, CallToolOutput } from "../../src/domain/contracts";
import { loadAndRender } from "../load-scope";
import type { ActivityDependencies } from "../activity-dependencies";
import { runToolOnce, createToolEvent, toToolEntry } from "./run-tool-once";
import { runNamedTool } from "./run-named-tool";

type WorkflowCall = Extract<CallToolInput["call"], { from: "workflow" }>;

/** Runs the tool of a step with the step's rendered input. */
export async function callWorkflowTool(
  services: ActivityDependencies,
  input: CallToolInput,
  { step, input: template, scope }: WorkflowCall,
): Promise<CallToolOutput> {
  const { orchestrationId, stepId } = step;
  const storage = services.storage();
  const place = {
    sessionKey: `tool:${input.idempotencyKey}`,
    turn: 1,
    key: "result",
  };
  const known = await storage.transcripts.read(place.sessionKey, {
    turn: place.turn,
    except: [],
  });
  const recorded = await runToolOnce(storage, place, known, async () => {
    const rendered = await loadAndRender(template, scope, storage.payloads);
    const result = await runNamedTool(services, input, rendered);
    return toToolEntry(input, stepId, result);
  });
  await storage.history.append(orchestrationId, [
    createToolEvent(input, stepId, recorded, {}),
  ]);
  const result =
    recorded.message.role === "tool" ? recorded.message.result : null;
  return {
    output: await storage.payloads.put(orchestrationId, result),
    usage: recorded.usage,
  };
}
