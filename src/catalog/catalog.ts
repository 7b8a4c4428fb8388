import type { OfflineScripts } from "../models/offline/offline-model";
import { documentReviewAgents } from "./agents";
import type * as documentReviewScripts from "./offline/document-review";
import { listDocuments } from "./tools/list-documents";
import { readDocument } from "./tools/read-document";
import { saveReport } from "./tools/save-report";
import { documentReview } from "./workflows/document-review";

/** The sample app: a review of the documents in a folder. */
export const createCatalog = (folders: {
  readonly documentsFolder: string;
  readonly reportsFolder: string;
}) => ({
  agents: documentReviewAgents,
  tools: [
    listDocuments(folders.documentsFolder),
    readDocument(folders.documentsFolder),
    saveReport(folders.reportsFolder),
  ],
  workflows: [documentReview],
  /** Loads the scripts of the offline model, which a deployed app does not need. */
  offline: (): OfflineScripts =>
    (require("./offline/document-review") as typeof documentReviewScripts)
      .offlineScripts,
});
