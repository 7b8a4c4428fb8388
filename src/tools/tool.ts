import type { z } from "zod";
import type { Json } from "../domain/payload";

export interface ToolContext {
  /** The same for every attempt of a call: lets a tool that changes the world do so once. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** A typed function that agents and workflow steps may call. */
export interface Tool<Name extends string = string> {
  readonly name: Name;
  /** Read by the model: what it does and when to use it. */
  readonly description: string;
  readonly input: z.ZodType;
  /** True when calling twice with the same arguments does what calling once does. */
  readonly idempotent: boolean;
  /** `arguments` have passed `input`. */
  execute(input: never, context: ToolContext): Promise<Json>;
}

/** Gives a tool types: `execute` takes what `input` describes. */
export const defineTool = <const Name extends string, Schema extends z.ZodType>(
  tool: Omit<Tool<Name>, "input" | "execute"> & {
    readonly input: Schema;
    execute(input: z.output<Schema>, context: ToolContext): Promise<Json>;
  },
): Tool<Name> => tool;
