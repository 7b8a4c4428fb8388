import type { Agent } from "../domain/agent";
import { AosError } from "../domain/errors";
import { validateWorkflow } from "../domain/workflow/validate-workflow";
import type { WorkflowDefinition } from "../domain/workflow/workflow-definition";
import type { Tool } from "../tools/tool";

export interface Catalog {
  readonly agents: readonly Agent[];
  readonly tools: readonly Tool[];
  readonly workflows: readonly WorkflowDefinition[];
}

/** Throws one error with all problems, so that an invalid catalog fails when the app starts. */
export function validateCatalog(catalog: Catalog): void {
  const problems = [
    ...findDuplicates(
      "agent",
      catalog.agents.map(({ name }) => name),
    ),
    ...findDuplicates(
      "tool",
      catalog.tools.map(({ name }) => name),
    ),
    ...findDuplicates(
      "workflow",
      catalog.workflows.map(({ name, version }) => `${name} ${version}`),
    ),
    ...findUnknownTools(catalog),
    ...findWorkflowProblems(catalog),
  ];
  if (problems.length === 0) return;
  throw new AosError(
    "invalid_workflow",
    `The catalog has ${problems.length} problem(s). Correct them and start again:\n${problems
      .map((problem) => `  ${problem}`)
      .join("\n")}`,
  );
}

const findDuplicates = (kind: string, names: readonly string[]) =>
  [
    ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
  ].map((name) => `${kind} ${name}: defined more than once`);

function findUnknownTools({ agents, tools }: Catalog): readonly string[] {
  const known = new Set(tools.map(({ name }) => name));
  return agents.flatMap((agent) =>
    (agent.tools ?? [])
      .filter((tool) => !known.has(tool))
      .map((tool) => `agent ${agent.name}: unknown tool ${tool}`),
  );
}

function findWorkflowProblems({ agents, tools, workflows }: Catalog) {
  const known = {
    agents: new Set(agents.map(({ name }) => name)),
    tools: new Set(tools.map(({ name }) => name)),
  };
  return workflows.flatMap((workflow) => {
    const result = validateWorkflow(workflow, known);
    if (result.ok) return [];
    return result.problems.map(
      ({ pointer, message }) =>
        `workflow ${workflow.name} ${workflow.version}: ${pointer} ${message}`,
    );
  });
}
