import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { toErrorMessage } from "../../domain/errors";
import { toJsonPointer } from "../../domain/json";
import type { Json } from "../../domain/payload";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import {
  type FieldError,
  invalidRequest,
  RequestError,
} from "../request/request-error";

/** Throws `invalid_request` if the input does not satisfy the workflow's JSON Schema. */
export function validateWorkflowInput(
  workflow: WorkflowDefinition,
  input: Json,
): void {
  if (workflow.input === undefined) return;
  const validate = compileSchema(workflow.input);
  if (!validate(input))
    throw invalidRequest((validate.errors ?? []).map(toFieldError));
}

/** Uses a new Ajv instance each time: an instance caches every schema, including those of inline definitions. */
function compileSchema(schema: NonNullable<WorkflowDefinition["input"]>) {
  const ajv = new Ajv2020({ allErrors: true, strict: false, logger: false });
  addFormats(ajv);
  // The validator of an asynchronous schema returns a promise, not a boolean.
  if ("$async" in schema) throw invalidSchema("$async is not supported");
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw invalidSchema(toErrorMessage(cause));
  }
}

const invalidSchema = (reason: string): RequestError =>
  new RequestError(
    "invalid_workflow",
    `The workflow's input is not a usable JSON Schema: ${reason}.`,
    [
      {
        pointer: "/definition/input",
        detail: `is not a usable JSON Schema: ${reason}`,
      },
    ],
  );

function toFieldError(error: ErrorObject): FieldError {
  const parameters = error.params as Readonly<Record<string, unknown>>;
  const field =
    parameters["missingProperty"] ?? parameters["additionalProperty"];
  const pointer = `/input${error.instancePath}`;
  if (typeof field !== "string")
    return { pointer, detail: error.message ?? "is not valid" };
  return {
    pointer: toJsonPointer([field], pointer),
    detail:
      error.keyword === "additionalProperties"
        ? "is not a known field"
        : "is required",
  };
}
