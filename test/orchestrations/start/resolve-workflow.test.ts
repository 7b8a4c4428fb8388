import type { WorkflowDefinition } from "../../../src/domain/workflow/workflow-definition";
import { resolveWorkflow } from "../../../src/orchestrations/start/resolve-workflow";

const version = (number: string): WorkflowDefinition => ({
  name: "review",
  version: number,
  steps: [{ id: "look", kind: "tool", tool: "listDocuments" }],
});
const known = {
  agents: new Set<string>(),
  tools: new Set(["listDocuments"]),
  workflows: [version("1"), version("2")],
};

describe("chooseWorkflow", () => {
  test("takes the last version unless one is named", () => {
    expect(resolveWorkflow({ workflow: "review" }, known).version).toBe("2");
    expect(
      resolveWorkflow({ workflow: "review", version: "1" }, known).version,
    ).toBe("1");
  });

  test("names what there is when it finds nothing", () => {
    expect(() => resolveWorkflow({ workflow: "revue" }, known)).toThrow(
      /no workflow "revue". There is: review\./,
    );
    expect(() =>
      resolveWorkflow({ workflow: "review", version: "3" }, known),
    ).toThrow(/no version "3". There is: 1, 2\./);
  });

  test("points at every problem of an inline definition", () => {
    const definition = {
      name: "w",
      version: "1",
      steps: [{ id: "a", kind: "tool", tool: "nope", colour: "red" }],
    };
    expect(() => resolveWorkflow({ definition }, known)).toThrow(
      expect.objectContaining({
        code: "invalid_workflow",
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: "/definition/steps/0/colour" }),
        ]) as unknown,
      }) as Error,
    );
  });
});
