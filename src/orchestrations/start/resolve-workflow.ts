import { AosError } from "../../domain/errors";
import { validateWorkflow } from "../../domain/workflow/validate-workflow";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import { RequestError } from "../request/request-error";
import type { CatalogNames } from "../../domain/workflow/workflow-problem";
import type { StartRequest } from "../request/start-request";

interface WorkflowCatalog extends CatalogNames {
  readonly workflows: readonly WorkflowDefinition[];
}

/** The workflow that the request names, or the definition that it contains. */
export function resolveWorkflow(
  request: StartRequest,
  catalog: WorkflowCatalog,
): WorkflowDefinition {
  if (request.definition !== undefined)
    return validateInline(request.definition, catalog);
  const versions = catalog.workflows.filter(
    ({ name }) => name === request.workflow,
  );
  const resolved =
    request.version === undefined
      ? versions.at(-1)
      : versions.find(({ version }) => version === request.version);
  if (resolved !== undefined) return resolved;
  throw new AosError(
    "workflow_not_found",
    versions.length === 0
      ? `There is no workflow "${request.workflow}". Available: ${toList(catalog.workflows.map(({ name }) => name))}.`
      : `Workflow "${request.workflow}" has no version "${request.version}". Available: ${toList(versions.map(({ version }) => version))}.`,
  );
}

const toList = (names: readonly string[]): string =>
  [...new Set(names)].join(", ") || "none";

function validateInline(
  definition: unknown,
  catalog: WorkflowCatalog,
): WorkflowDefinition {
  const validation = validateWorkflow(definition, catalog);
  if (validation.ok) return validation.definition;
  const { problems } = validation;
  const [first] = problems;
  throw new RequestError(
    "invalid_workflow",
    `The definition has ${problems.length} problem(s); the first: ${first?.pointer} ${first?.message}. See errors.`,
    problems.map(({ pointer, message }) => ({
      pointer: `/definition${pointer}`,
      detail: message,
    })),
  );
}
