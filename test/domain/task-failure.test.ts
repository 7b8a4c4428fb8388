import { AosError } from "../../src/domain/errors";
import { parseTaskFailure } from "../../src/domain/task-failure";

const detailed = (failureDetails: object) =>
  Object.assign(new Error("AosError: no paper"), {
    name: "TaskFailedError",
    failureDetails,
  });
const json = JSON.stringify({
  errorType: "AosError",
  errorMessage: "no paper",
  isNonRetriable: false,
  properties: { code: "tool_failed" },
});

test.each<[string, unknown, { code: string; message: string }]>([
  [
    "details with properties",
    detailed({
      errorType: "AosError",
      errorMessage: "no paper",
      properties: { code: "tool_failed" },
    }),
    { code: "tool_failed", message: "no paper" },
  ],
  [
    "properties of an inner failure",
    detailed({
      errorMessage: "outer",
      innerFailure: {
        errorMessage: "inner",
        properties: { code: "model_failed" },
      },
    }),
    { code: "model_failed", message: "outer" },
  ],
  [
    "details without a code",
    detailed({ errorMessage: "TypeError: x is not y" }),
    { code: "internal_error", message: "x is not y" },
  ],
  [
    "the extension's text",
    new Error("Activity function 'callTool' failed: no paper \n at stack"),
    { code: "internal_error", message: "no paper" },
  ],
  [
    "the text of a child's activity",
    new Error(
      "Orchestrator function 'a' failed: Activity function 'b' failed: Error: no paper \n {}",
    ),
    { code: "internal_error", message: "no paper" },
  ],
  [
    "text that carries properties",
    new Error(`Activity function 'callTool' failed: ${json} \n stack`),
    { code: "tool_failed", message: "no paper" },
  ],
  [
    "an error of ours",
    new AosError("expression_failed", "no sum"),
    { code: "expression_failed", message: "no sum" },
  ],
  [
    "nothing at all",
    new Error(""),
    { code: "internal_error", message: "It failed without telling a reason." },
  ],
])("reads %s", (_what, thrown, expected) => {
  expect(parseTaskFailure(thrown)).toEqual(expected);
});
