import { z } from "zod";
import type { Json } from "../payload";
import type { WorkflowDefinition } from "./workflow-definition";

declare const inputType: unique symbol;

type JsonSchema = NonNullable<WorkflowDefinition["input"]>;

/** A workflow whose names of agents, tools and steps, and whose type of input, are known to the compiler. */
export interface Workflow<
  AgentName extends string = string,
  ToolName extends string = string,
  StepId extends string = string,
  Input = unknown,
> extends WorkflowDefinition<AgentName, ToolName, StepId> {
  /** Only in the type, for `InputOf`. */
  readonly [inputType]?: Input;
}

/** The input type of a workflow: inferred from a zod schema, `unknown` for a JSON Schema. */
export type InputOf<Definition> = Definition extends {
  readonly [inputType]?: infer Input;
}
  ? Input
  : never;

/**
 * Infers the names of agents, tools and steps, so that the compiler rejects an unknown step in `needs`, and `createAos`
 * an unknown agent or tool. A zod schema in `input` is converted to JSON Schema.
 */
export function defineWorkflow<
  const AgentName extends string = never,
  const ToolName extends string = never,
  const StepId extends string = never,
  Schema extends JsonSchema | z.ZodType = JsonSchema,
>({
  input,
  ...definition
}: Omit<WorkflowDefinition<AgentName, ToolName, StepId>, "input"> & {
  readonly input?: Schema;
}): Workflow<
  AgentName,
  ToolName,
  StepId,
  Schema extends z.ZodType ? z.input<Schema> : unknown
> {
  return { ...definition, ...(input !== undefined && toInput(input)) };
}

const toInput = (
  schema: JsonSchema | z.ZodType,
): { readonly input: JsonSchema } => ({
  input: schema instanceof z.ZodType ? toJsonSchema(schema) : schema,
});

/** As callers send it: before defaults and transformations. */
const toJsonSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "input" }) as Record<string, Json>;
