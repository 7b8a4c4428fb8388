import { z } from "zod";
import { parseDuration } from "../duration";

const text = z.string().min(1, { error: "must not be empty" });
const json = z.json();

const duration = z.string().refine((value) => (parseDuration(value) ?? 0) > 0, {
  error: "must be a duration such as 500ms, 2s, 10m, 72h or 3d",
});

const retry = z.strictObject({
  maxAttempts: z.int().min(1).max(20).optional(),
  firstDelay: duration.optional(),
  backoff: z.number().min(1).max(10).optional(),
});

const stepDefaults = {
  // checkGraph checks that it is a CEL identifier.
  id: text.max(60),
  needs: z.array(z.string()).optional(),
  when: text.optional(),
  retry: retry.optional(),
  timeout: duration.optional(),
  onError: z
    .union([z.enum(["fail", "continue"]), z.strictObject({ fallback: json })], {
      error: 'must be "fail", "continue" or { "fallback": value }',
    })
    .optional(),
};

const agentWork = { kind: z.literal("agent"), agent: text, prompt: text };
const toolWork = {
  kind: z.literal("tool"),
  tool: text,
  input: json.optional(),
};

const kinds = (...names: string[]) => ({
  error: ({ code }: { readonly code?: string }) =>
    code === "invalid_union" ? `must be ${names.join(" or ")}` : undefined,
});

export const workflowStepSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ ...stepDefaults, ...agentWork }),
    z.strictObject({ ...stepDefaults, ...toolWork }),
    z.strictObject({
      ...stepDefaults,
      kind: z.literal("map"),
      over: text,
      as: text,
      maxParallel: z.int().min(1).max(100).optional(),
      step: z.discriminatedUnion(
        "kind",
        [z.strictObject(agentWork), z.strictObject(toolWork)],
        kinds("agent", "tool"),
      ),
    }),
  ],
  kinds("agent", "tool", "map"),
);

/** Excludes the steps, which are parsed one by one, so that the problems of all steps are found. */
export const workflowFrameSchema = z.strictObject({
  name: text.max(100),
  version: text.max(100),
  description: z.string().optional(),
  input: z.record(z.string(), json).optional(),
  steps: z
    .array(z.unknown())
    .min(1, { error: "must have at least one step" })
    .max(200),
  output: json.optional(),
});
