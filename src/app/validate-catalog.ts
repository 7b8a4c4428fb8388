import { AosError } from "../domain/errors";
import { toJsonPointer } from "../domain/json";
import { validateWorkflow } from "../domain/workflow/validate-workflow";
import type { WorkflowProblem } from "../domain/workflow/workflow-problem";
import type { AosOptions } from "./aos-options";

export type Catalog = Pick<AosOptions, "agents" | "tools" | "workflows">;

/** Throws one `invalid_workflow` with all problems, so that an invalid app fails when it starts. */
export function validateCatalog(catalog: Catalog): void {
  const problems = [
    ...findNameProblems(catalog, "agents"),
    ...findNameProblems(catalog, "tools"),
    ...findUnknownTools(catalog),
    ...findDuplicateVersions(catalog),
    ...findWorkflowProblems(catalog),
  ];
  if (problems.length === 0) return;
  const count =
    problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const lines = problems.map(
    ({ pointer, message }) => `  ${pointer}: ${message}`,
  );
  throw new AosError(
    "invalid_workflow",
    `The app has ${count}. Correct the agents, tools and workflows of createAos and start the app again:\n${lines.join("\n")}`,
  );
}

function findNameProblems(
  catalog: Catalog,
  kind: "agents" | "tools",
): readonly WorkflowProblem[] {
  const names: readonly string[] = catalog[kind].map(({ name }) => name);
  return names.flatMap((name, index) => {
    const pointer = toJsonPointer([kind, index, "name"]);
    if (name === "") return [{ pointer, message: "must not be empty" }];
    const first = names.indexOf(name);
    if (first === index) return [];
    const message = `"${name}" is already the name of ${toJsonPointer([kind, first])}`;
    return [{ pointer, message }];
  });
}

function findUnknownTools({
  agents,
  tools,
}: Catalog): readonly WorkflowProblem[] {
  const known = [...new Set(tools.map(({ name }) => name))];
  return agents.flatMap((agent, agentIndex) =>
    (agent.tools ?? []).flatMap((tool, toolIndex) => {
      if (known.includes(tool)) return [];
      const pointer = toJsonPointer(["agents", agentIndex, "tools", toolIndex]);
      const message = `there is no tool "${tool}" for the agent "${agent.name}"; available: ${known.join(", ") || "none"}`;
      return [{ pointer, message }];
    }),
  );
}

function findDuplicateVersions({
  workflows,
}: Catalog): readonly WorkflowProblem[] {
  const ids = workflows.map(({ name, version }) =>
    JSON.stringify([name, version]),
  );
  return workflows.flatMap(({ name, version }, index) => {
    const first = ids.indexOf(ids[index] ?? "");
    if (first === index) return [];
    const message = `version "${version}" of the workflow "${name}" is already defined in ${toJsonPointer(["workflows", first])}`;
    return [{ pointer: toJsonPointer(["workflows", index]), message }];
  });
}

function findWorkflowProblems({
  agents,
  tools,
  workflows,
}: Catalog): readonly WorkflowProblem[] {
  const known = {
    agents: new Set(agents.map(({ name }) => name)),
    tools: new Set(tools.map(({ name }) => name)),
  };
  return workflows.flatMap((workflow, index) => {
    const result = validateWorkflow(workflow, known);
    if (result.ok) return [];
    const base = toJsonPointer(["workflows", index]);
    return result.problems.map(({ pointer, message }) => ({
      pointer: base + pointer,
      message: `${message} (workflow "${workflow.name}")`,
    }));
  });
}
