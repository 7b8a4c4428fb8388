import Ajv2020, {
  type ErrorObject,
  type ValidateFunction,
} from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { AosError } from "../domain/errors";
import type { Agent } from "../domain/agent";
import type { Json } from "../domain/payload";

type Schema = NonNullable<Agent["outputSchema"]>;

/**
 * The output that an answer stands for: the text itself, or the object it spells when the agent has an output schema.
 * Throws `output_invalid` when it does not fit.
 */
export function parseAgentOutput(
  agent: Pick<Agent, "name" | "outputSchema">,
  text: string,
): Json {
  if (agent.outputSchema === undefined) return text;
  const validate = validatorOf(agent.name, agent.outputSchema);
  const output = parsed(agent.name, text);
  if (validate(output)) return output;
  const problems = (validate.errors ?? []).map(described).join("; ");
  throw invalid(agent.name, `does not fit its output schema: ${problems}`);
}

function parsed(agent: string, text: string): Json {
  try {
    return JSON.parse(withoutFence(text)) as Json;
  } catch (cause) {
    throw invalid(agent, "is not JSON, though it has an output schema", cause);
  }
}

// Models that know no structured output like to wrap JSON in a Markdown fence.
const withoutFence = (text: string): string =>
  /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;

const described = (error: ErrorObject): string =>
  `${error.instancePath || "/"} ${error.message ?? error.keyword}`;

const invalid = (
  agent: string,
  problem: string,
  cause?: unknown,
): AosError<"output_invalid"> =>
  new AosError(
    "output_invalid",
    `The answer of the agent ${agent} ${problem}. Say in its instructions what the answer must hold, or loosen the schema.`,
    { cause },
  );

/**
 * Compiled validators by schema text, since every call brings its own copy of the schema. One Ajv each, because two
 * agents may use the same `$id`; bounded, because a caller may bring a definition of its own with every request.
 */
const validators = new Map<string, ValidateFunction>();
const maxValidators = 100;

function validatorOf(agent: string, schema: Schema): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = validators.get(key);
  if (known !== undefined) return known;
  const validator = compiled(agent, schema);
  const oldest = validators.keys().next();
  if (validators.size >= maxValidators && oldest.done !== true)
    validators.delete(oldest.value);
  validators.set(key, validator);
  return validator;
}

function compiled(agent: string, schema: Schema): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  // Whatever draft the schema says it is of, the keywords it can use here are the same.
  const keywords = Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => keyword !== "$schema"),
  );
  try {
    return ajv.compile(keywords);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AosError(
      "configuration_invalid",
      `The output schema of the agent ${agent} is not a JSON Schema: ${reason}`,
      { cause },
    );
  }
}
