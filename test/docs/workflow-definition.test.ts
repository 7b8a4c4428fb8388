import { readFileSync } from "node:fs";
import { validateWorkflow } from "../../src/domain/workflow/validate-workflow";

test("the example of the workflow reference is a valid definition", () => {
  const page = readFileSync("docs/reference/workflow-definition.md", "utf8");
  const [, example = ""] = /```json\n([^]*?)```/.exec(page) ?? [];

  const result = validateWorkflow(JSON.parse(example), {
    agents: new Set(["reader", "writer"]),
    tools: new Set(["saveReport"]),
  });

  expect(result).toMatchObject({ ok: true });
});
