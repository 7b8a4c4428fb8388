import { createCatalog } from "../../src/catalog/catalog";
import { validateWorkflow } from "../../src/domain/workflow/validate-workflow";

const catalog = createCatalog({ documentsFolder: "in", reportsFolder: "out" });
const names = (items: readonly { readonly name: string }[]) =>
  new Set(items.map((item) => item.name));
const known = { agents: names(catalog.agents), tools: names(catalog.tools) };

describe("createCatalog", () => {
  test("contains only valid workflows", () => {
    for (const workflow of catalog.workflows)
      expect(validateWorkflow(workflow, known)).toMatchObject({ ok: true });
  });

  test("gives agents only tools that it contains", () => {
    for (const agent of catalog.agents)
      for (const tool of agent.tools ?? []) expect(known.tools).toContain(tool);
  });
});
