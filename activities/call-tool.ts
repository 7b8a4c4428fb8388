import { runTool } from "../src/agents/tool-runner";
import { AosError } from "../src/errors";
import type {
  CallToolInput,
  CallToolOutput,
  StepRef,
} from "../src/model/contracts";
import { historyRow } from "../src/model/history-rows";
import type { Json } from "../src/model/payload";
import { rendered } from "../src/model/scope";
import { noUsage } from "../src/model/usage";
import { callFromAgent } from "./call-tool-from-agent";
import { loadScope } from "./load-scope";
import type { Services } from "./services";

const usage = { ...noUsage, toolCalls: 1 };

/** One tool call, for an agent or for a step of a workflow. */
export const callTool =
  (services: Services) =>
  async (input: CallToolInput): Promise<CallToolOutput> => {
    const { call } = input;
    if (call.from === "workflow")
      return { output: await callFromWorkflow(services, input, call), usage };
    const { at, attempt, isError } = await callFromAgent(
      services,
      input,
      call,
      (name, toolArguments) => run(services, input, name, toolArguments),
    );
    await record(services, input, call.turn, {
      at,
      attempt,
      discriminator: `${call.turn.turn}-${call.round}-${call.callId}`,
      isError,
    });
    return { usage };
  };

type WorkflowCall = Extract<CallToolInput["call"], { from: "workflow" }>;

async function callFromWorkflow(
  services: Services,
  input: CallToolInput,
  { step, input: template, scope }: WorkflowCall,
) {
  const { payloads } = services.storage();
  const loaded = await loadScope(scope, payloads);
  const value = await run(
    services,
    input,
    input.tool,
    rendered(template, loaded),
  );
  const output = await payloads.put(step.orchestrationId, value);
  const { at, attempt } = input;
  await record(services, input, step, { at, attempt, isError: false });
  return output;
}

async function run(
  { tools }: Services,
  { idempotencyKey }: CallToolInput,
  name: string,
  toolArguments: Json | undefined,
): Promise<Json> {
  const tool = tools.get(name);
  if (tool === undefined)
    throw new AosError(
      "tool_not_found",
      `There is no tool ${name} in the catalog. Those that exist: ${[...tools.keys()].join(", ")}.`,
    );
  const signal = new AbortController().signal;
  try {
    return await runTool(tool, toolArguments, { idempotencyKey, signal });
  } catch (error) {
    if (tool.idempotent || !isUncertain(error)) throw error;
    throw new AosError(
      "tool_uncertain",
      `${error.message} It may have done its work or part of it, and it is not safe to repeat: look, and then start again.`,
      { cause: error },
    );
  }
}

const isUncertain = (error: unknown): error is AosError =>
  error instanceof AosError && error.code === "tool_failed";

interface Told {
  readonly at: string;
  readonly attempt: number;
  readonly discriminator?: string;
  readonly isError: boolean;
}

async function record(
  services: Services,
  { tool }: CallToolInput,
  { orchestrationId, stepId }: StepRef,
  { isError, ...told }: Told,
): Promise<void> {
  const row = historyRow({
    ...told,
    type: "tool.called",
    stepId,
    data: { tool, usage: { ...usage }, ...(isError && { isError }) },
  });
  await services.storage().history.append(orchestrationId, [row]);
}
