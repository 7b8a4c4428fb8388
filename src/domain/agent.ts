import type { Json } from "./payload";

/** Orchestrations contain a snapshot of their agents, so that a deployment does not change a running orchestration. */
export interface Agent<
  Name extends string = string,
  ToolName extends string = string,
> {
  readonly name: Name;
  readonly instructions: string;
  /** A deployment or model name of the configured provider; default: the configured default model. */
  readonly model?: string;
  /** Names of the tools that the agent may call. */
  readonly tools?: readonly ToolName[];
  /** JSON Schema of the answer. With it the step's output is the parsed JSON, without it the text. */
  readonly outputSchema?: Readonly<Record<string, Json>>;
  /** Maximum number of model calls in one turn, which then fails with `too_many_rounds`. Default 10. */
  readonly maxRounds?: number;
}

/** Infers the names of the agent and its tools, so that the compiler rejects an unknown tool in `createAos`. */
export const defineAgent = <
  const Name extends string,
  const ToolName extends string = never,
>(
  agent: Agent<Name, ToolName>,
): Agent<Name, ToolName> => agent;
