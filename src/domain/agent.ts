import type { Json } from "./payload";

/**
 * The script of the offline model: it calls the named tools, in rounds, and then ranks the sentences of its input.
 * `arguments` are templates over `prompt` (the rendered prompt), `lines` (its lines) and `results` (a list per round).
 */
export interface OfflineScript {
  readonly rounds?: readonly (readonly {
    readonly tool: string;
    readonly arguments: Json;
  }[])[];
  /** Words that raise the rank of a sentence, and the number of sentences in the answer (default 3). */
  readonly about?: readonly string[];
  readonly sentences?: number;
}

/** The input of an orchestration contains a snapshot of it, so that a deployment does not change a running one. */
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
  readonly offline?: OfflineScript;
}

/** Gives an agent types: `createAos` accepts it only beside the tools that it names. */
export const defineAgent = <
  const Name extends string,
  const ToolName extends string = never,
>(
  agent: Agent<Name, ToolName>,
): Agent<Name, ToolName> => agent;
