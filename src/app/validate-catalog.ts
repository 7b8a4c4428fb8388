import type { Catalog } from "../catalog/catalog";
import { AosError } from "../domain/errors";
import { validateWorkflow } from "../domain/workflow/validate-workflow";

/** Throws one error that lists everything wrong with the catalog: found when the app starts, not when a workflow does. */
export function validateCatalog(catalog: Catalog): void {
  const problems = [
    ...duplicates(
      "agent",
      catalog.agents.map(({ name }) => name),
    ),
    ...duplicates(
      "tool",
      catalog.tools.map(({ name }) => name),
    ),
    ...duplicates(
      "workflow",
      catalog.workflows.map(({ name, version }) => `${name} ${version}`),
    ),
    ...missingTools(catalog),
    ...workflowProblems(catalog),
  ];
  if (problems.length === 0) return;
  throw new AosError(
    "invalid_workflow",
    `The catalog has ${problems.length} problem(s). Correct them in src/catalog and start again:\n${problems
      .map((problem) => `  ${problem}`)
      .join("\n")}`,
  );
}

const duplicates = (kind: string, names: readonly string[]) =>
  [
    ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
  ].map((name) => `${kind} ${name}: is there more than once`);

function missingTools({ agents, tools }: Catalog): readonly string[] {
  const known = new Set(tools.map(({ name }) => name));
  return agents.flatMap((agent) =>
    (agent.tools ?? [])
      .filter((tool) => !known.has(tool))
      .map((tool) => `agent ${agent.name}: there is no tool ${tool}`),
  );
}

function workflowProblems({ agents, tools, workflows }: Catalog) {
  const known = {
    agents: new Set(agents.map(({ name }) => name)),
    tools: new Set(tools.map(({ name }) => name)),
  };
  return workflows.flatMap((workflow) => {
    const checked = validateWorkflow(workflow, known);
    if (checked.ok) return [];
    return checked.problems.map(
      ({ pointer, message }) =>
        `workflow ${workflow.name} ${workflow.version}: ${pointer} ${message}`,
    );
  });
}
