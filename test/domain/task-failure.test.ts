import { AosError } from "../../src/domain/errors";
import { parseTaskFailure } from "../../src/domain/task-failure";

const taskFailedError = (failureDetails: object) =>
  Object.assign(new Error("another text"), {
    name: "TaskFailedError",
    failureDetails,
  });
test.each<[string, unknown, { code: string; message: string }]>([
  [
    "details",
    taskFailedError({ errorMessage: "TypeError: x is not y" }),
    { code: "internal_error", message: "x is not y" },
  ],
  [
    "the text of the extension",
    new Error("Activity function 'callTool' failed: no paper \n at stack"),
    { code: "internal_error", message: "no paper" },
  ],
  [
    "the text of a sub-orchestration's activity",
    new Error(
      "Orchestrator function 'a' failed: Activity function 'b' failed: Error: no paper \n {}",
    ),
    { code: "internal_error", message: "no paper" },
  ],
  [
    "a host without workers",
    new Error(
      "Activity function 'callTool' failed: Did not find any initialized language workers",
    ),
    {
      code: "platform_failed",
      message: "Did not find any initialized language workers",
    },
  ],
  [
    "a worker process that ended",
    new Error(
      "Activity function 'callTool' failed: node exited with code 1 (0x1) \n at stack",
    ),
    { code: "platform_failed", message: "node exited with code 1 (0x1)" },
  ],
  [
    "an AosError",
    new AosError("expression_failed", "no sum"),
    { code: "expression_failed", message: "no sum" },
  ],
  [
    "an error without a message",
    new Error(""),
    {
      code: "internal_error",
      message: "The function failed without a message.",
    },
  ],
])("reads the failure from %s", (_case, thrown, expected) => {
  expect(parseTaskFailure(thrown)).toEqual(expected);
});
