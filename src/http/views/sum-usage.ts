import { z } from "zod";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import { addUsage, noUsage, type Usage } from "../../domain/usage";

const count = z.number().default(0);
const schema = z.object({
  usage: z.object({
    inputTokens: count,
    outputTokens: count,
    modelCalls: count,
    toolCalls: count,
  }),
});

/** What the calls recorded so far have cost. Rows of steps repeat the usage of their calls and are left out. */
export const sumUsage = (rows: readonly OrchestrationEvent[]): Usage =>
  rows
    .filter(({ type }) => type === "model.called" || type === "tool.called")
    .map(({ data }) => schema.safeParse(data).data?.usage ?? noUsage)
    .reduce(addUsage, noUsage);
