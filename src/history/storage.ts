import { openContainer, openTable, type StorageOptions } from "./clients";
import { historyTable } from "./history-table";
import { orchestrationTable } from "./orchestration-table";
import { payloadBlobs } from "./payload-blobs";
import type { Storage } from "./ports";
import { sessionTable } from "./session-table";
import { transcriptTable } from "./transcript-table";

/** Table and Blob Storage as AOS uses them. Nothing is sent yet; tables and container are made with their first use. */
export function openStorage(options: StorageOptions): Storage {
  const payloads = payloadBlobs(openContainer(options, "aos-payloads"));
  return {
    orchestrations: orchestrationTable(openTable(options, "AosOrchestrations")),
    history: historyTable(openTable(options, "AosHistory")),
    transcripts: transcriptTable(
      openTable(options, "AosTranscripts"),
      payloads,
    ),
    sessions: sessionTable(openTable(options, "AosSessionQueue")),
    payloads,
  };
}
