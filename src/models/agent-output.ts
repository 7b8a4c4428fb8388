import Ajv2020, {
  type ErrorObject,
  type ValidateFunction,
} from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { AosError, toErrorMessage } from "../domain/errors";
import type { Agent } from "../domain/agent";
import type { Json } from "../domain/payload";

type Schema = NonNullable<Agent["outputSchema"]>;

/**
 * The answer itself, or the value that it contains as JSON when the agent has an output schema. Throws `output_invalid`
 * when the value does not satisfy the schema.
 */
export function parseAgentOutput(
  agent: Pick<Agent, "name" | "outputSchema">,
  text: string,
): Json {
  if (agent.outputSchema === undefined) return text;
  const validate = getValidator(agent.name, agent.outputSchema);
  const output = parseJson(agent.name, text);
  if (validate(output)) return output;
  const problems = (validate.errors ?? []).map(describeError).join("; ");
  throw outputInvalid(
    agent.name,
    `does not satisfy the output schema: ${problems}`,
  );
}

function parseJson(agent: string, text: string): Json {
  try {
    return JSON.parse(removeFence(text)) as Json;
  } catch (cause) {
    throw outputInvalid(
      agent,
      "is not JSON, which its output schema requires",
      cause,
    );
  }
}

/** Models without structured output often wrap JSON in a Markdown fence. */
const removeFence = (text: string): string =>
  /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;

const describeError = (error: ErrorObject): string =>
  `${error.instancePath || "/"} ${error.message ?? error.keyword}`;

const outputInvalid = (
  agent: string,
  problem: string,
  cause?: unknown,
): AosError<"output_invalid"> =>
  new AosError(
    "output_invalid",
    `The answer of the agent ${agent} ${problem}. Describe the expected answer in its instructions, or relax the schema.`,
    { cause },
  );

/**
 * Compiled validators by schema text, because every call has its own copy of the schema. One Ajv per validator, because
 * two agents may use the same `$id`. Bounded, because every request may contain a new inline definition.
 */
const validators = new Map<string, ValidateFunction>();
const maxValidators = 100;

function getValidator(agent: string, schema: Schema): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = validators.get(key);
  if (known !== undefined) return known;
  const validator = compileSchema(agent, schema);
  const oldest = validators.keys().next();
  if (validators.size >= maxValidators && oldest.done !== true)
    validators.delete(oldest.value);
  validators.set(key, validator);
  return validator;
}

function compileSchema(agent: string, schema: Schema): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  // Any draft is accepted: Ajv would refuse a `$schema` that it does not know.
  const keywords = Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => keyword !== "$schema"),
  );
  try {
    return ajv.compile(keywords);
  } catch (cause) {
    throw new AosError(
      "configuration_invalid",
      `The output schema of the agent ${agent} is not a valid JSON Schema: ${toErrorMessage(cause)}`,
      { cause },
    );
  }
}
