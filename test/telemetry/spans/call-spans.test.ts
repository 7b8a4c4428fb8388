import {
  modelCallAttributes,
  toolCallAttributes,
  type TracedModelCall,
} from "../../../src/telemetry/spans/call-spans";

describe("attributes of the semantic conventions", () => {
  const modelCall: TracedModelCall = {
    key: "k",
    provider: "azure-openai",
    model: "gpt",
    server: { address: "a.openai.azure.com", port: 443 },
    agent: "planner",
    conversation: "s",
    step: "plan",
    attempt: 2,
    wantsJson: true,
    instructions: "secret instructions",
    messages: [{ role: "user", text: "secret message" }],
  };
  test("of a model call contain no instructions and messages", () => {
    const expected = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "azure.ai.openai",
      "gen_ai.request.model": "gpt",
      "gen_ai.agent.name": "planner",
      "gen_ai.conversation.id": "s",
      "server.address": "a.openai.azure.com",
      "server.port": 443,
      "aos.step.id": "plan",
      "aos.attempt": 2,
    };
    expect(modelCallAttributes(modelCall)).toEqual({
      ...expected,
      "gen_ai.output.type": "json",
    });
    // An in-process provider has no server, and plain text has no output type.
    const plain = modelCallAttributes({
      ...modelCall,
      server: undefined,
      wantsJson: false,
    });
    expect(Object.keys(plain)).not.toContain("gen_ai.output.type");
    expect(Object.keys(plain)).not.toContain("server.address");
  });

  test("of a tool call contain the agent and the conversation when a model requested it", () => {
    const call = { tool: "t", idempotencyKey: "k", attempt: 1, step: "s" };
    const expected = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "t",
      "gen_ai.tool.type": "function",
      "aos.step.id": "s",
      "aos.attempt": 1,
      "aos.tool.idempotency_key": "k",
    };
    expect(toolCallAttributes({ ...call, arguments: "secret" })).toEqual(
      expected,
    );
    const requestedBy = { callId: "c", agent: "a", conversation: "o" };
    expect(
      toolCallAttributes({ ...call, ...requestedBy, arguments: 1 }),
    ).toEqual({
      ...expected,
      "gen_ai.tool.call.id": "c",
      "gen_ai.agent.name": "a",
      "gen_ai.conversation.id": "o",
    });
  });
});
