import fc from "fast-check";
import type {
  ChatMessage,
  ModelRequest,
} from "../../../src/models/language-model";
import { offlineNotice } from "../../../src/models/offline/notice";
import { offlineModel } from "../../../src/models/offline/offline-model";
import { parseAgentOutput } from "../../../src/models/agent-output";
import type { OfflineScript } from "../../../src/domain/agent";
import type { Json } from "../../../src/domain/payload";

const model = offlineModel();
const never = new AbortController().signal;
const ask = (
  messages: readonly ChatMessage[],
  rest: Partial<ModelRequest> = {},
) => model.complete({ instructions: "", tools: [], messages, ...rest }, never);
const user = (text: string): ChatMessage => ({ role: "user", text });

const lease = `LEASE

1. Payment
The Tenant shall pay EUR 2,400 on the first day of each month. The weather
in Bern is often mild. Nobody minds.

2. End
2.1 Either party may terminate this lease by notice before 30 June 2027.`;

const script: OfflineScript = {
  rounds: [
    [{ tool: "list", arguments: {} }],
    [
      { tool: "read", arguments: { name: "${results[0][0][0]}" } },
      { tool: "read", arguments: { name: "${lines[0]}" } },
    ],
  ],
  about: ["shall", "terminat"],
  sentences: 2,
};
const called = (id: string, name: string): ChatMessage => ({
  role: "assistant",
  text: "",
  toolCalls: [{ id, name, arguments: {} }],
});
const told = (callId: string, name: string, result: Json): ChatMessage => ({
  role: "tool",
  callId,
  name,
  result,
});

describe("offlineModel", () => {
  test("follows its script round by round, within the last turn only", async () => {
    const before = [user("old"), called("a", "list"), told("a", "list", [])];
    const first = await ask([...before, user("b.txt\nRead it.")], {
      offline: script,
    });
    expect(first.toolCalls).toEqual([
      { id: "call-0-0", name: "list", arguments: {} },
    ]);

    const second = await ask(
      [
        ...before,
        user("b.txt\nRead it."),
        called("call-0-0", "list"),
        told("call-0-0", "list", ["a.txt"]),
      ],
      { offline: script },
    );
    expect(second.toolCalls).toEqual([
      { id: "call-1-0", name: "read", arguments: { name: "a.txt" } },
      { id: "call-1-1", name: "read", arguments: { name: "b.txt" } },
    ]);
  });

  test("quotes the sentences that matter, in their order, and says what it is", async () => {
    const answer = await ask([user(lease)], {
      offline: { about: ["shall", "terminat"], sentences: 2 },
    });
    expect(answer.text).toBe(
      [
        offlineNotice,
        "",
        "- The Tenant shall pay EUR 2,400 on the first day of each month.",
        "- Either party may terminate this lease by notice before 30 June 2027.",
      ].join("\n"),
    );
    expect(answer).toMatchObject({ toolCalls: [], model: "offline" });
  });

  test("quotes tool results rather than the question", async () => {
    const { text } = await ask([
      user("What does the document say about 2027?"),
      called("c", "read"),
      told("c", "read", { name: "lease.txt", text: lease }),
    ]);
    expect(text).toContain("30 June 2027");
    expect(text).not.toContain("What does");
  });

  test("reports section by section when there are several sources", async () => {
    const findings = [
      {
        document: "a.txt",
        summary: `${offlineNotice} It shall end in 2027 for sure.`,
      },
      {
        document: "b.txt",
        findings: ["The pump failed on 3 May 2026 at noon."],
      },
    ];
    const { text } = await ask([
      user(
        `Write it.\n\n# Review\n\n## Plan\n- Read all of it.\n\n## Found\n${JSON.stringify(findings)}`,
      ),
    ]);
    expect(text.split("\n").filter((line) => line !== "")).toEqual([
      offlineNotice,
      "# Review",
      "## Plan",
      "- Read all of it.",
      "## a.txt",
      "- “It shall end in 2027 for sure.”",
      "## b.txt",
      "- “The pump failed on 3 May 2026 at noon.”",
      "## In brief",
      "2 key sentences from 2 sources. By rank, the first of them say:",
      "- “The pump failed on 3 May 2026 at noon.” (b.txt)",
      "- “It shall end in 2027 for sure.” (a.txt)",
    ]);
  });

  test("answers with an object when the agent has a schema, and says in it what it is", async () => {
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
    const { text } = await ask(
      [
        user("Read it."),
        called("c", "read"),
        told("c", "read", { name: "lease.txt", text: lease }),
      ],
      { outputSchema, offline: { about: ["shall"], sentences: 2 } },
    );
    expect(
      parseAgentOutput({ name: "reader", outputSchema }, text),
    ).toMatchObject({
      document: "lease.txt",
      kind: "contract",
      risk: 1,
      findings: [
        expect.stringContaining("EUR 2,400"),
        expect.stringContaining("30 June 2027"),
      ],
      summary: expect.stringContaining(offlineNotice) as string,
    });

    const lists = { type: "object", properties: { steps: { type: "array" } } };
    const listed = await ask([user(lease)], { outputSchema: lists });
    expect(JSON.parse(listed.text)).toMatchObject({
      steps: expect.arrayContaining([offlineNotice]) as string[],
    });
  });

  test("gives the same answer to the same request, quoting nothing that it was not given", async () => {
    const words = fc.array(fc.constantFrom(...lease.split(/\s+/)), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(
        words,
        fc.integer({ min: 1, max: 5 }),
        async (given, sentences) => {
          const prompt = given.join(" ");
          const once = await ask([user(prompt)], { offline: { sentences } });
          const again = await ask([user(prompt)], { offline: { sentences } });
          expect(again).toEqual(once);
          const quotes = once.text
            .split("\n")
            .filter((line) => line.startsWith("- "));
          expect(quotes.length).toBeLessThanOrEqual(sentences);
          // A marker at the beginning of a statement (`1.`) is not part of it.
          for (const quote of quotes) expect(prompt).toContain(quote.slice(2));
        },
      ),
    );
  });

  test("fills any schema of plain types so that it fits", async () => {
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
        const { text } = await ask([user(lease)], { outputSchema });
        expect(() =>
          parseAgentOutput({ name: "any", outputSchema }, text),
        ).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });
});
