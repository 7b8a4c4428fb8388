import fc from "fast-check";
import type { Json } from "../../../src/domain/payload";
import { parseAgentOutput } from "../../../src/models/agent-output";
import type {
  ChatMessage,
  ModelRequest,
} from "../../../src/models/language-model";
import {
  offlineModel,
  offlineNotice,
  type OfflineScript,
} from "../../../src/models/offline/offline-model";

const signal = new AbortController().signal;
const user = (text: string): ChatMessage => ({ role: "user", text });
const toolCall = (id: string, name: string): ChatMessage => ({
  role: "assistant",
  text: "",
  toolCalls: [{ id, name, arguments: {} }],
});
const toolResult = (
  callId: string,
  name: string,
  result: Json,
): ChatMessage => ({ role: "tool", callId, name, result });

/** Lists files, reads the first one and the one that the prompt names, then answers with all results. */
const script: OfflineScript = ({ prompt, results }) => {
  const [listed, read] = results;
  if (listed === undefined)
    return { toolCalls: [{ tool: "list", arguments: {} }] };
  if (read !== undefined) return { answer: JSON.stringify(read) };
  const names = [...(listed[0] as readonly string[]), prompt.split("\n")[0]];
  return {
    toolCalls: names.map((name = "") => ({
      tool: "read",
      arguments: { name },
    })),
  };
};

const model = offlineModel({ clerk: script });
const complete = (
  messages: readonly ChatMessage[],
  rest: Partial<ModelRequest> = {},
) =>
  model.complete(
    { agent: "clerk", instructions: "", tools: [], messages, ...rest },
    signal,
  );

describe("offlineModel", () => {
  test("makes the tool calls of the script round by round, from the last prompt on", async () => {
    const earlier = [
      user("old"),
      toolCall("a", "list"),
      toolResult("a", "list", []),
    ];
    const first = await complete([...earlier, user("b.txt\nRead it.")]);
    expect(first).toMatchObject({ text: "", finishReason: "tool_calls" });
    expect(first.toolCalls).toEqual([
      { id: "call-0-0", name: "list", arguments: {} },
    ]);

    const second = await complete([
      ...earlier,
      user("b.txt\nRead it."),
      toolCall("call-0-0", "list"),
      toolResult("call-0-0", "list", ["a.txt"]),
    ]);
    expect(second.toolCalls).toEqual([
      { id: "call-1-0", name: "read", arguments: { name: "a.txt" } },
      { id: "call-1-1", name: "read", arguments: { name: "b.txt" } },
    ]);
  });

  test("puts the offline notice before the script's text", async () => {
    const response = await complete([
      user("b.txt"),
      toolCall("call-0-0", "list"),
      toolResult("call-0-0", "list", []),
      toolCall("call-1-0", "read"),
      toolResult("call-1-0", "read", "Rent."),
    ]);
    expect(response).toMatchObject({
      text: `${offlineNotice}\n\n["Rent."]`,
      toolCalls: [],
      model: "offline",
      finishReason: "stop",
    });
  });

  test("answers for an agent without a script with a text that has the offline notice", async () => {
    for (const agent of ["stranger", "constructor"]) {
      const { text } = await complete([user("Hello")], { agent });
      expect(text).toContain(offlineNotice);
      expect(text).toContain(`The agent ${agent} has no offline script.`);
    }
  });

  test("returns the answer of a script as JSON when it is a value", async () => {
    const answer = { risk: 3, summary: offlineNotice };
    const rater = offlineModel({ rater: () => ({ answer }) });
    const { text } = await rater.complete(
      { agent: "rater", instructions: "", tools: [], messages: [user("Rate")] },
      signal,
    );
    expect(JSON.parse(text)).toEqual(answer);
  });

  test("fails when the call is cancelled", async () => {
    const request = { agent: "x", instructions: "", tools: [], messages: [] };
    await expect(
      model.complete(request, AbortSignal.abort()),
    ).rejects.toMatchObject({ code: "model_unavailable" });
  });
});

describe("the offline model for an agent with an output schema and no script", () => {
  test("answers with an object that satisfies the schema and has the offline notice", async () => {
    const outputSchema = {
      type: "object",
      properties: {
        document: { type: "string" },
        kind: { enum: ["contract", "report"] },
        risk: { type: "integer", minimum: 1, maximum: 5 },
        findings: { type: "array", items: { $ref: "#/$defs/text" } },
        summary: { type: ["string", "null"], minLength: 10 },
      },
      required: ["document", "kind", "risk", "findings", "summary"],
      additionalProperties: false,
      $defs: { text: { type: "string", maxLength: 200 } },
    };
    const { text } = await complete([user("Read it.")], {
      agent: "reader",
      outputSchema,
    });
    expect(parseAgentOutput({ name: "reader", outputSchema }, text)).toEqual({
      document: offlineNotice,
      kind: "contract",
      risk: 1,
      findings: [offlineNotice],
      summary: offlineNotice,
    });

    const lists = { type: "object", properties: { steps: { type: "array" } } };
    const listed = await complete([user("Read it.")], {
      agent: "reader",
      outputSchema: lists,
    });
    expect(JSON.parse(listed.text)).toEqual({ steps: [offlineNotice] });
  });

  test("answers with a finite value when the schema refers to itself", async () => {
    const outputSchema = {
      type: "object",
      properties: { name: { type: "string" }, next: { $ref: "#" } },
      required: ["name"],
    };
    const { text } = await complete([user("Read it.")], {
      agent: "reader",
      outputSchema,
    });
    expect(parseAgentOutput({ name: "any", outputSchema }, text)).toMatchObject(
      { name: offlineNotice },
    );
  });

  test("answers with a value that satisfies any schema of plain types", async () => {
    const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        fc.record({
          type: fc.constant("string"),
          minLength: fc.nat(20),
          maxLength: fc.integer({ min: 20, max: 90 }),
        }),
        fc.record({
          type: fc.constantFrom("integer", "number"),
          minimum: fc.integer({ min: -9, max: 9 }),
          maximum: fc.integer({ min: 9, max: 20 }),
        }),
        fc.record({ type: fc.constantFrom("boolean", "null") }),
        fc.record({
          type: fc.constant("array"),
          items: tie("schema"),
          minItems: fc.nat(4),
          maxItems: fc.integer({ min: 4, max: 6 }),
        }),
        fc
          .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie("schema"), {
            maxKeys: 4,
          })
          .map((properties) => ({
            type: "object",
            properties,
            required: Object.keys(properties),
          })),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(schema, async (inner) => {
        const outputSchema = {
          type: "object",
          properties: { inner },
          required: ["inner"],
        };
        const { text } = await complete([user("Read it.")], {
          agent: "reader",
          outputSchema,
        });
        expect(() =>
          parseAgentOutput({ name: "any", outputSchema }, text),
        ).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });
});
