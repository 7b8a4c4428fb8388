import { AosError } from "../../domain/errors";
import { validateWorkflow } from "../../domain/workflow/validate-workflow";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import { RequestError } from "../request/request-error";
import type { StartRequest } from "../request/start-request";

export interface WorkflowCatalog {
  readonly agents: ReadonlySet<string>;
  readonly tools: ReadonlySet<string>;
  readonly workflows: readonly WorkflowDefinition[];
}

/** The definition that a request names or brings along. */
export function resolveWorkflow(
  request: StartRequest,
  known: WorkflowCatalog,
): WorkflowDefinition {
  if (request.definition !== undefined)
    return validInline(request.definition, known);
  const named = known.workflows.filter(({ name }) => name === request.workflow);
  const chosen =
    request.version === undefined
      ? named.at(-1)
      : named.find(({ version }) => version === request.version);
  if (chosen !== undefined) return chosen;
  throw new AosError(
    "workflow_not_found",
    named.length === 0
      ? `There is no workflow "${request.workflow}". There is: ${listed(known.workflows.map(({ name }) => name))}.`
      : `Workflow "${request.workflow}" has no version "${request.version}". There is: ${listed(named.map(({ version }) => version))}.`,
  );
}

const listed = (names: readonly string[]): string =>
  [...new Set(names)].join(", ") || "none";

function validInline(
  definition: unknown,
  known: WorkflowCatalog,
): WorkflowDefinition {
  const checked = validateWorkflow(definition, known);
  if (checked.ok) return checked.definition;
  throw new RequestError(
    "invalid_workflow",
    `The definition has ${checked.problems.length} problem(s); the first: ${checked.problems[0]?.pointer} ${checked.problems[0]?.message}. See errors.`,
    checked.problems.map(({ pointer, message }) => ({
      pointer: `/definition${pointer}`,
      detail: message,
    })),
  );
}
