import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { Json } from "../../domain/payload";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import {
  type FieldError,
  invalidRequest,
  RequestError,
} from "../request/request-error";
import { toJsonPointer } from "../request/parse-request";

/** Throws `invalid_request` when the input is not what the workflow's JSON Schema asks for. */
export function validateWorkflowInput(
  workflow: WorkflowDefinition,
  input: Json,
): void {
  if (workflow.input === undefined) return;
  const validate = compile(workflow.input);
  if (!validate(input))
    throw invalidRequest((validate.errors ?? []).map(toFieldError));
}

/** A fresh instance each time: one that is kept would keep every caller's inline schema too. */
function compile(schema: NonNullable<WorkflowDefinition["input"]>) {
  const ajv = new Ajv2020({ allErrors: true, strict: false, logger: false });
  addFormats(ajv);
  // Asynchronous schemas answer with a promise, which is neither true nor false.
  if ("$async" in schema) throw noSchema("$async is not supported");
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw noSchema(cause instanceof Error ? cause.message : String(cause));
  }
}

const noSchema = (reason: string): RequestError =>
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
  const at = `/input${error.instancePath}`;
  if (typeof field !== "string")
    return { pointer: at, detail: error.message ?? "is not valid" };
  return {
    pointer: toJsonPointer([field], at),
    detail:
      error.keyword === "additionalProperties"
        ? "is not a known field"
        : "is required",
  };
}
