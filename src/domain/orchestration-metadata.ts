import type { OrchestrationMetadata, WorkflowInput } from "./contracts";

export const toOrchestrationMetadata = ({
  definition,
  tags = {},
  traceparent,
}: WorkflowInput): OrchestrationMetadata => ({
  workflow: definition.name,
  version: definition.version,
  tags,
  ...(traceparent !== undefined && { traceparent }),
});
