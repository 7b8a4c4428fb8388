import { AosError } from "../errors";
import { openContainer, openTable, type StorageOptions } from "./clients";
import { historyTable } from "./history-table";
import { orchestrationTable } from "./orchestration-table";
import { payloadBlobs } from "./payload-blobs";
import type { Storage } from "./ports";
import { sessionTable } from "./session-table";
import { transcriptTable } from "./transcript-table";

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
