import { odata, type TableClient } from "@azure/data-tables";
import type { Payload } from "../model/payload";
import type { Ready } from "./clients";
import { type Columns, fromDocumentRow, toDocumentRow } from "./document-row";
import type { PayloadStore, TranscriptMessage, TranscriptStore } from "./ports";
import { rowsOf } from "./read-rows";
import { isStatus, reaching } from "./storage-error";
import { toKey } from "./table-key";
import { insertRows } from "./write-rows";

/** `AosTranscripts`: the partition is the session, the row key orders its messages. Large ones are kept as payloads. */
export const transcriptTable = (
  table: Ready<TableClient>,
  payloads: PayloadStore,
): TranscriptStore => ({
  append: (sessionKey, messages) =>
    reaching(`the transcript of ${sessionKey}`, async () => {
      const rows = await Promise.all(
        messages.map(async ({ key, turn, message }) =>
          toDocumentRow(
            { partitionKey: toKey(sessionKey), rowKey: key },
            await payloads.put(sessionKey, message),
            { turn },
          ),
        ),
      );
      try {
        await insertRows(await table(), rows);
        return true;
      } catch (error) {
        if (isStatus(error, 409)) return false;
        throw error;
      }
    }),

  read: (sessionKey, { turn, except, from = 0 }) =>
    reaching(`the transcript of ${sessionKey}`, async () => {
      const rows = await rowsOf(
        await table(),
        toKey(sessionKey),
        odata`turn ge ${from} and turn le ${turn}`,
      );
      const wanted = rows.filter(
        (row) => !except.includes(Number(row["turn"])),
      );
      return Promise.all(wanted.map((row) => toMessage(row, payloads)));
    }),
});

async function toMessage(
  row: Columns,
  payloads: PayloadStore,
): Promise<TranscriptMessage> {
  return {
    key: String(row["rowKey"]),
    turn: Number(row["turn"]),
    message: await payloads.get(fromDocumentRow(row) as Payload),
  };
}
