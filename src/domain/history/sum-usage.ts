import { z } from "zod";
import { addUsage, noUsage, type Usage } from "../usage";
import type { OrchestrationEvent } from "./orchestration-history";

const count = z.number().default(0);
const schema = z.object({
  usage: z.object({
    inputTokens: count,
    outputTokens: count,
    modelCalls: count,
    toolCalls: count,
  }),
});

/** Sums call events only: step events repeat the usage of their calls. */
export const sumUsage = (events: readonly OrchestrationEvent[]): Usage =>
  events
    .filter(({ type }) => type === "model.called" || type === "tool.called")
    .map(({ data }) => schema.safeParse(data).data?.usage ?? noUsage)
    .reduce(addUsage, noUsage);
