import { AosError, toErrorMessage } from "../domain/errors";
import { storageNames } from "../domain/storage-names";
import { openContainer, openTable, type StorageOptions } from "./clients";
import { createHistoryLog } from "./history-table";
import { createOrchestrationStore } from "./orchestrations/orchestration-table";
import { createPayloadStore } from "./payload-blobs";
import type { Storage } from "./ports";
import { createSessionQueue } from "./session-queue-table";
import { createTranscriptStore } from "./transcript-table";

/** Sends no requests: each table and the container are created on first use. */
export function openStorage(options: StorageOptions): Storage {
  const { tables, containers } = storageNames;
  try {
    const payloads = createPayloadStore(
      openContainer(options, containers.payloads),
    );
    return {
      orchestrations: createOrchestrationStore(
        openTable(options, tables.orchestrations),
      ),
      history: createHistoryLog(openTable(options, tables.events)),
      transcripts: createTranscriptStore(
        openTable(options, tables.transcripts),
        payloads,
      ),
      sessions: createSessionQueue(openTable(options, tables.sessionQueue)),
      payloads,
    };
  } catch (cause) {
    throw new AosError(
      "configuration_invalid",
      `The storage connection string is not valid: ${toErrorMessage(cause).replace(/[.\s]+$/, "")}. Set AccountName and AccountKey, or endpoints and a SharedAccessSignature.`,
      { cause },
    );
  }
}
