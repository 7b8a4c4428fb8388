import type { WorkflowDefinition } from "../../../src/domain/workflow/workflow-definition";
import { resolveWorkflow } from "../../../src/orchestrations/start/resolve-workflow";

const defineVersion = (version: string): WorkflowDefinition => ({
  name: "review",
  version,
  steps: [{ id: "look", kind: "tool", tool: "listDocuments" }],
});
const catalog = {
  agents: new Set<string>(),
  tools: new Set(["listDocuments"]),
  workflows: [defineVersion("1"), defineVersion("2")],
};

describe("resolveWorkflow", () => {
  test("returns the last version, or the version that the request names", () => {
    expect(resolveWorkflow({ workflow: "review" }, catalog).version).toBe("2");
    expect(
      resolveWorkflow({ workflow: "review", version: "1" }, catalog).version,
    ).toBe("1");
  });

  test("lists the available workflows or versions if none matches", () => {
    expect(() => resolveWorkflow({ workflow: "revue" }, catalog)).toThrow(
      /no workflow "revue". Available: review\./,
    );
    expect(() =>
      resolveWorkflow({ workflow: "review", version: "3" }, catalog),
    ).toThrow(/no version "3". Available: 1, 2\./);
  });

  test("throws invalid_workflow with a pointer to each problem of an inline definition", () => {
    const definition = {
      name: "w",
      version: "1",
      steps: [{ id: "a", kind: "tool", tool: "missing", colour: "red" }],
    };
    expect(() => resolveWorkflow({ definition }, catalog)).toThrow(
      expect.objectContaining({
        code: "invalid_workflow",
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: "/definition/steps/0/colour" }),
        ]) as unknown,
      }) as Error,
    );
  });
});
