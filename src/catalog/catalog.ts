import type { Tool } from "../agents/tool";
import type { Agent } from "../model/agent";
import type { WorkflowDefinition } from "../model/workflow";
import { agents } from "./agents";
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
export const catalog = (folders: {
  readonly documentsFolder: string;
  readonly reportsFolder: string;
}): Catalog => ({
  agents,
  tools: [
    listDocuments(folders.documentsFolder),
    readDocument(folders.documentsFolder),
    saveReport(folders.reportsFolder),
  ],
  workflows: [documentReview],
});
