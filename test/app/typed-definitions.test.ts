/** `npm run types` fails when a line marked with `@ts-expect-error` compiles. */
import { z } from "zod";
import {
  createAos,
  defineAgent,
  defineTool,
  defineWorkflow,
  type InputOf,
} from "../../src/index";

const countWords = defineTool({
  name: "countWords",
  description: "Counts the words of a text.",
  input: z.strictObject({ text: z.string() }),
  idempotent: true,
  execute: ({ text }) => Promise.resolve({ words: text.split(/\s+/).length }),
});
const editor = defineAgent({
  name: "editor",
  instructions: "You shorten texts.",
  tools: ["countWords"],
});
const shorten = defineWorkflow({
  name: "shorten",
  version: "1",
  input: z.object({ texts: z.array(z.string()), limit: z.int().default(50) }),
  steps: [
    {
      id: "edit",
      kind: "map",
      over: "${input.texts}",
      as: "text",
      step: { kind: "agent", agent: "editor", prompt: "Shorten: ${text}" },
    },
    {
      id: "count",
      kind: "tool",
      tool: "countWords",
      needs: ["edit"],
      input: { text: "${steps.edit.output[0]}" },
    },
  ],
});

describe("createAos", () => {
  test("accepts agents, tools and workflows that fit together", () => {
    const aos = createAos({
      agents: [editor],
      tools: [countWords],
      workflows: [shorten],
    });
    expect(aos).toHaveProperty("register");
  });

  test("does not compile, and throws, when an agent names a tool that does not exist", () => {
    const typist = defineAgent({
      name: "typist",
      instructions: "You type.",
      tools: ["countWord"],
    });
    expect(() =>
      createAos({
        // @ts-expect-error: there is no tool "countWord"
        agents: [typist],
        tools: [countWords],
        workflows: [],
      }),
    ).toThrow("countWord");
  });

  test("does not compile, and throws, when a workflow names an agent that does not exist", () => {
    expect(() =>
      createAos({
        agents: [],
        tools: [countWords],
        // @ts-expect-error: there is no agent "editor"
        workflows: [shorten],
      }),
    ).toThrow("editor");
  });
});

describe("defineWorkflow", () => {
  test("does not compile when a step needs one that does not exist", () => {
    const broken = defineWorkflow({
      name: "broken",
      version: "1",
      steps: [
        { id: "one", kind: "agent", agent: "editor", prompt: "Hello" },
        {
          id: "two",
          kind: "agent",
          agent: "editor",
          prompt: "Hello",
          // @ts-expect-error: there is no step "zero"
          needs: ["zero"],
        },
      ],
    });
    expect(() =>
      createAos({ agents: [editor], tools: [countWords], workflows: [broken] }),
    ).toThrow("/steps/1/needs/0");
  });

  test("keeps a zod schema of the input as JSON Schema, and its type for callers", () => {
    const input: InputOf<typeof shorten> = { texts: ["one two"] };
    // @ts-expect-error: `texts` is a list
    const wrong: InputOf<typeof shorten> = { texts: "one two" };
    expect(input).not.toEqual(wrong);
    expect(shorten.input).toMatchObject({
      type: "object",
      required: ["texts"],
      properties: { limit: { type: "integer", default: 50 } },
    });
  });
});
