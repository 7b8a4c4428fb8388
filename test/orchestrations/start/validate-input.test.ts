import type { Json } from "../../../src/domain/payload";
import type { WorkflowDefinition } from "../../../src/domain/workflow/workflow-definition";
import { validateWorkflowInput } from "../../../src/orchestrations/start/validate-input";

const defineWorkflowWithInput = (
  input: Readonly<Record<string, Json>>,
): WorkflowDefinition => ({
  name: "w",
  version: "1",
  input,
  steps: [],
});
const requestError = (code: string, ...pointers: readonly string[]) =>
  expect.objectContaining({
    code,
    errors: pointers.map(
      (pointer) => expect.objectContaining({ pointer }) as unknown,
    ),
  }) as Error;

describe("validateWorkflowInput", () => {
  const workflow = defineWorkflowWithInput({
    type: "object",
    required: ["due"],
    properties: {
      due: { type: "string", format: "date" },
      names: { type: "array", items: { type: "string" } },
    },
    additionalProperties: false,
  });

  test("accepts an input that matches the schema", () => {
    expect(() => {
      validateWorkflowInput(workflow, { due: "2026-01-31", names: ["a"] });
    }).not.toThrow();
  });

  test.each<readonly [Json, readonly string[]]>([
    [{}, ["/input/due"]],
    [{ due: "soon" }, ["/input/due"]],
    [{ due: "2026-01-31", "a/b": 1 }, ["/input/a~1b"]],
    [{ due: 1, names: ["a", 2] }, ["/input/due", "/input/names/1"]],
  ])("rejects %j with the pointers %j", (input, pointers) => {
    expect(() => {
      validateWorkflowInput(workflow, input);
    }).toThrow(requestError("invalid_request", ...pointers));
  });

  test.each<Readonly<Record<string, Json>>>([
    { type: "nope" },
    { $ref: "https://example.com/elsewhere.json" },
    { $async: true, type: "object" },
  ])("throws invalid_workflow for the unusable schema %j", (schema) => {
    expect(() => {
      validateWorkflowInput(defineWorkflowWithInput(schema), {});
    }).toThrow(requestError("invalid_workflow", "/definition/input"));
  });
});
