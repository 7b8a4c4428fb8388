import { runTool } from "../../src/agents/tool-runner";
import { AosError } from "../../src/errors";
import type { CallToolInput, CallToolOutput } from "../../src/model/contracts";
import type { Json } from "../../src/model/payload";
import { renderLoaded } from "../load-scope";
import type { Services } from "../services";
import { recordedCall, toolRow, toRecorded } from "./recorded-call";

type WorkflowCall = Extract<CallToolInput["call"], { from: "workflow" }>;

/** Runs the tool of a step with the step's rendered input. */
export async function callWorkflowTool(
  services: Services,
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
  const recorded = await recordedCall(storage, place, known, async () => {
    const rendered = await renderLoaded(template, scope, storage.payloads);
    const result = await run(services, input, rendered);
    return toRecorded(input, stepId, result);
  });
  await storage.history.append(orchestrationId, [
    toolRow(input, stepId, recorded, {}),
  ]);
  const result =
    recorded.message.role === "tool" ? recorded.message.result : null;
  return {
    output: await storage.payloads.put(orchestrationId, result),
    usage: recorded.usage,
  };
}

function run(
  { tools }: Services,
  { tool: name, idempotencyKey }: CallToolInput,
  toolArguments: Json,
): Promise<Json> {
  const tool = tools.get(name);
  if (tool === undefined)
    throw new AosError(
      "tool_not_found",
      `There is no tool "${name}" in this app. Add it to the catalog, or correct the workflow.`,
    );
  const { signal } = new AbortController();
  return runTool(tool, toolArguments, { idempotencyKey, signal });
}
