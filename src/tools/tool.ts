import type { z } from "zod";
import type { Json } from "../domain/payload";

export interface ToolContext {
  /** The same for every attempt of a call, so that a tool with side effects can perform them once. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** A typed function that agents and workflow steps may call. */
export interface Tool<Name extends string = string> {
  readonly name: Name;
  /** For the model: the purpose of the tool and when to use it. */
  readonly description: string;
  readonly input: z.ZodType;
  /** Whether a second call with the same arguments has no further effect. */
  readonly idempotent: boolean;
  /** The arguments have been validated by `input`. */
  execute(input: never, context: ToolContext): Promise<Json>;
}

/** Infers the type of `execute`'s arguments from `input`. */
export const defineTool = <const Name extends string, Schema extends z.ZodType>(
  tool: Omit<Tool<Name>, "input" | "execute"> & {
    readonly input: Schema;
    execute(input: z.output<Schema>, context: ToolContext): Promise<Json>;
  },
): Tool<Name> => tool;
