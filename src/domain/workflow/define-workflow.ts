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
  /** Exists in the type only: see `InputOf`. */
  readonly [inputType]?: Input;
}

/** The type of a workflow's input: of its zod schema, or `unknown` when its input is a JSON Schema. */
export type InputOf<Definition> =
  Definition extends Workflow<infer _A, infer _T, infer _S, infer Input>
    ? Input
    : never;

/**
 * Gives a workflow types: a `needs` that names no step of it does not compile, and `createAos` accepts it only beside
 * the agents and tools that it names. `input` may be a zod schema, which is kept as JSON Schema.
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
