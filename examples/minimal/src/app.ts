import {
  createAos,
  defineAgent,
  defineTool,
  defineWorkflow,
} from "aos-durable";
import { z } from "zod";

// A tool is a typed function. AOS validates its arguments; the model reads its description.
const countWords = defineTool({
  name: "countWords",
  description: "Counts the words of a text.",
  input: z.strictObject({ text: z.string() }),
  idempotent: true,
  execute: async ({ text }) => ({ words: text.trim().split(/\s+/).length }),
});

// An agent is a role: instructions and the tools that it may call.
const editor = defineAgent({
  name: "editor",
  instructions: "You shorten texts. Count the words before you answer.",
  tools: ["countWords"],
});

// A workflow is data: here the agent runs once for each text, several at a time.
const shorten = defineWorkflow({
  name: "shorten",
  version: "1",
  input: z.object({ texts: z.array(z.string()) }),
  steps: [
    {
      id: "edit",
      kind: "map",
      over: "${input.texts}",
      as: "text",
      step: { kind: "agent", agent: "editor", prompt: "${text}" },
    },
  ],
  output: { shortened: "${steps.edit.output}" },
});

createAos({
  agents: [editor],
  tools: [countWords],
  workflows: [shorten],
  // The answers of the offline model, which runs until a model provider is configured.
  offline: () => ({
    editor: ({ prompt, results }) =>
      results.length === 0
        ? { toolCalls: [{ tool: "countWords", arguments: { text: prompt } }] }
        : { answer: `${prompt.slice(0, 20)}…` },
  }),
}).register();
