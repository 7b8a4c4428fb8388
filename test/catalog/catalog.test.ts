import { createCatalog } from "../../src/catalog/catalog";
import { validateWorkflow } from "../../src/domain/workflow/validate-workflow";

const shipped = createCatalog({ documentsFolder: "in", reportsFolder: "out" });
const names = (items: readonly { readonly name: string }[]) =>
  new Set(items.map((item) => item.name));
const known = { agents: names(shipped.agents), tools: names(shipped.tools) };

describe("catalog", () => {
  test("holds only workflows that validate", () => {
    for (const workflow of shipped.workflows)
      expect(validateWorkflow(workflow, known)).toMatchObject({ ok: true });
  });

  test("gives agents only tools that there are", () => {
    for (const agent of shipped.agents)
      for (const tool of agent.tools ?? []) expect(known.tools).toContain(tool);
  });
});
