import {
  createAos,
  defineAgent,
  defineTool,
  defineWorkflow,
} from "aos-durable";
import { z } from "zod";

const plans: Readonly<Record<string, string>> = { contoso: "premium" };

const findPlan = defineTool({
  name: "findPlan",
  description: "Returns the support plan of a customer.",
  input: z.strictObject({ customer: z.string() }),
  idempotent: true,
  execute: async ({ customer }) => ({ plan: plans[customer] ?? "basic" }),
});

const triager = defineAgent({
  name: "triager",
  instructions: "You decide whether a support ticket is urgent.",
  outputSchema: {
    type: "object",
    required: ["urgent", "reason"],
    properties: { urgent: { type: "boolean" }, reason: { type: "string" } },
  },
});

const writer = defineAgent({
  name: "writer",
  instructions: "You write a short first answer to a support ticket.",
});

const triageTicket = defineWorkflow({
  name: "triage-ticket",
  version: "1",
  input: z.object({ customer: z.string(), text: z.string() }),
  steps: [
    {
      id: "plan",
      kind: "tool",
      tool: "findPlan",
      needs: [],
      input: { customer: "${input.customer}" },
    },
    {
      id: "triage",
      kind: "agent",
      agent: "triager",
      needs: [],
      prompt: "${input.text}",
    },
    {
      id: "answer",
      kind: "agent",
      agent: "writer",
      needs: ["plan", "triage"],
      when: 'steps.triage.output.urgent || steps.plan.output.plan == "premium"',
      prompt: "Plan: ${steps.plan.output.plan}. Ticket: ${input.text}",
    },
  ],
  output: {
    plan: "${steps.plan.output.plan}",
    urgent: "${steps.triage.output.urgent}",
    answer: "${steps.answer.output}",
  },
});

createAos({
  agents: [triager, writer],
  tools: [findPlan],
  workflows: [triageTicket],
  offline: () => ({
    triager: ({ prompt }) => ({
      answer: {
        urgent: /urgent|down/i.test(prompt),
        reason: "The offline model looks for the words urgent and down.",
      },
    }),
    writer: ({ prompt }) => ({ answer: `We received it. ${prompt}` }),
  }),
}).register();
