import { AosError } from "../domain/errors";
import { openContainer, openTable, type StorageOptions } from "./clients";
import { createHistoryLog } from "./history-table";
import { createOrchestrationStore } from "./orchestrations/orchestration-table";
import { createPayloadStore } from "./payload-blobs";
import type { Storage } from "./ports";
import { createSessionQueue } from "./session-queue-table";
import { createTranscriptStore } from "./transcript-table";

/** Table and Blob Storage as AOS uses them. Nothing is sent yet; tables and container are made with their first use. */
export function openStorage(options: StorageOptions): Storage {
  try {
    return storageOf(options);
  } catch (cause) {
    throw new AosError(
      "configuration_invalid",
      `The connection string of storage cannot be used: ${messageOf(cause)}. It needs AccountName and AccountKey, or endpoints with a SharedAccessSignature.`,
      { cause },
    );
  }
}

const messageOf = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).replace(
    /[.\s]+$/,
    "",
  );

function storageOf(options: StorageOptions): Storage {
  const payloads = createPayloadStore(openContainer(options, "aos-payloads"));
  return {
    orchestrations: createOrchestrationStore(
      openTable(options, "AosOrchestrations"),
    ),
    history: createHistoryLog(openTable(options, "AosHistory")),
    transcripts: createTranscriptStore(
      openTable(options, "AosTranscripts"),
      payloads,
    ),
    sessions: createSessionQueue(openTable(options, "AosSessionQueue")),
    payloads,
  };
}
