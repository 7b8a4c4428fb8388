import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";

/** Plans a review, reads the documents in parallel, writes a report and saves it. */
export const documentReview: WorkflowDefinition = {
  name: "document-review",
  version: "1",
  description:
    "Reviews all documents of the documents folder, or the given ones, and saves a report with findings quoted from each.",
  input: {
    type: "object",
    properties: {
      documents: {
        type: "array",
        items: { type: "string", minLength: 1 },
        minItems: 1,
        maxItems: 100,
        description: "Names of the documents. Default: all in the folder.",
      },
      focus: {
        type: "string",
        maxLength: 500,
        description: "The focus of the review.",
      },
    },
    additionalProperties: false,
  },
  steps: [
    { id: "list", kind: "tool", tool: "listDocuments" },
    {
      id: "plan",
      kind: "agent",
      agent: "planner",
      needs: ["list"],
      prompt: `Plan the review of these documents: \${has(input.documents) ? input.documents : steps.list.output.map(d, d.name)}
Look at: \${has(input.focus) ? input.focus : "obligations, amounts and dates; causes, impact and actions"}

## Rules of a review
- Read every document in full before judging any part of it.
- Quote each finding word for word, so that readers of the report can find it in the document.
- Note the amounts, dates and names that support a finding.
- Compare the documents with each other only after reading all of them.
- Report on every document in a separate section, even if it is short.`,
    },
    {
      id: "read",
      kind: "map",
      needs: ["list", "plan"],
      over: "${has(input.documents) ? input.documents : steps.list.output.map(d, d.name)}",
      as: "doc",
      maxParallel: 8,
      step: {
        kind: "agent",
        agent: "reader",
        prompt: `\${doc}

Read this document and give its findings.
Look at: \${has(input.focus) ? input.focus : "obligations, amounts and dates; causes, impact and actions"}`,
      },
    },
    {
      id: "write",
      kind: "agent",
      agent: "writer",
      needs: ["plan", "read"],
      prompt: `Write the report of this review. Its plan and the findings of each document follow as JSON.

# Document review

## Plan
\${steps.plan.output}

## Findings
\${steps.read.output}`,
    },
    {
      id: "save",
      kind: "tool",
      tool: "saveReport",
      needs: ["write"],
      input: {
        name: "document-review-${orchestration.id}.md",
        text: "${steps.write.output}",
      },
    },
  ],
  output: {
    report: "${steps.write.output}",
    path: "${steps.save.output.path}",
    documents: "${steps.read.output.map(r, r.document)}",
  },
};
