import type { Tool } from "../tools/tool";
import type { Agent } from "../domain/agent";
import type { WorkflowDefinition } from "../domain/workflow/workflow-definition";
import { documentReviewAgents } from "./agents";
import { listDocuments } from "./tools/list-documents";
import { readDocument } from "./tools/read-document";
import { saveReport } from "./tools/save-report";
import { documentReview } from "./workflows/document-review";

/** Everything that can be named in a request. */
export interface Catalog {
  readonly agents: readonly Agent[];
  readonly tools: readonly Tool[];
  readonly workflows: readonly WorkflowDefinition[];
}

/** The agents, tools and workflows that ship with AOS; add your own to the lists. */
export const createCatalog = (folders: {
  readonly documentsFolder: string;
  readonly reportsFolder: string;
}): Catalog => ({
  agents: documentReviewAgents,
  tools: [
    listDocuments(folders.documentsFolder),
    readDocument(folders.documentsFolder),
    saveReport(folders.reportsFolder),
  ],
  workflows: [documentReview],
});
