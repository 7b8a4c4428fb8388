import type { Json } from "./payload";

/**
 * What the offline model does in place of thinking: calls the tools named, in rounds, then ranks the sentences
 * it was given. `arguments` are templates over `prompt` (the rendered prompt), `lines` (its lines) and `results` (a
 * list per round).
 */
export interface OfflineScript {
  readonly rounds?: readonly (readonly {
    readonly tool: string;
    readonly arguments: Json;
  }[])[];
  /** Words that make a sentence worth quoting, and how many sentences the answer has (default 3). */
  readonly about?: readonly string[];
  readonly sentences?: number;
}

/** A named role. Travels as a snapshot in the orchestration's input, so that a redeploy never changes a running one. */
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
  /** JSON Schema that the answer must satisfy; the step's output is then the parsed object, otherwise the text. */
  readonly outputSchema?: Readonly<Record<string, Json>>;
  /** Model calls in one turn, after which the turn fails with `too_many_rounds`. Default 10. */
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
