import { odata, type TableClient } from "@azure/data-tables";
import type { Payload } from "../domain/payload";
import type { LazyClient } from "./clients";
import type { PayloadStore, TranscriptMessage, TranscriptStore } from "./ports";
import { hasStatusCode, wrapStorageErrors } from "./storage-error";
import {
  fromDocumentRow,
  type RowColumns,
  toDocumentRow,
} from "./table/document-row";
import { readRows } from "./table/read-rows";
import { toTableKey } from "./table/table-key";
import { insertRows } from "./table/write-rows";

/** `AosTranscripts`: partition key = session, row key = key of the message. Large messages are stored as payloads. */
export const createTranscriptStore = (
  table: LazyClient<TableClient>,
  payloads: PayloadStore,
): TranscriptStore => ({
  append: (sessionKey, messages) =>
    wrapStorageErrors(`the transcript of ${sessionKey}`, async () => {
      const rows = await Promise.all(
        messages.map(async ({ key, turn, message }) =>
          toDocumentRow(
            { partitionKey: toTableKey(sessionKey), rowKey: key },
            await payloads.put(sessionKey, message),
            { turn },
          ),
        ),
      );
      try {
        await insertRows(await table(), rows);
        return true;
      } catch (error) {
        if (hasStatusCode(error, 409)) return false;
        throw error;
      }
    }),

  read: (sessionKey, { turn, except, from = 0 }) =>
    wrapStorageErrors(`the transcript of ${sessionKey}`, async () => {
      const rows = await readRows(
        await table(),
        toTableKey(sessionKey),
        odata`turn ge ${from} and turn le ${turn}`,
      );
      const included = rows.filter(
        (row) => !except.includes(Number(row["turn"])),
      );
      return Promise.all(included.map((row) => loadMessage(row, payloads)));
    }),
});

async function loadMessage(
  row: RowColumns,
  payloads: PayloadStore,
): Promise<TranscriptMessage> {
  return {
    key: String(row["rowKey"]),
    turn: Number(row["turn"]),
    message: await payloads.get(fromDocumentRow(row) as Payload),
  };
}
