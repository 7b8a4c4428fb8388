import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { defineTool, type Tool } from "../../tools/tool";
import type { Json } from "../../domain/payload";
import {
  documentNameSchema,
  resolveDocumentPath,
  resolveDocumentsFolder,
} from "./documents-folder";

const textFile = /\.(?:txt|md)$/i;

/** Lists the text files that `readDocument` can read. */
export const listDocuments = (documentsFolder: string): Tool =>
  defineTool({
    name: "listDocuments",
    description:
      "Lists the documents that can be read with readDocument: their names and sizes in bytes, in the order of their names.",
    input: z.strictObject({
      folder: documentNameSchema
        .optional()
        .describe("A folder inside the documents folder; default: its top."),
    }),
    idempotent: true,
    execute: async ({ folder }) =>
      folder === undefined
        ? textFilesIn(await resolveDocumentsFolder(documentsFolder), "")
        : textFilesIn(
            await resolveDocumentPath(documentsFolder, folder),
            `${folder}/`,
          ),
  });

async function textFilesIn(path: string, prefix: string): Promise<Json> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    // A link is no file here: it may lead elsewhere.
    .filter((entry) => entry.isFile() && textFile.test(entry.name))
    .map((entry) => entry.name)
    .sort(); // by code unit: the same on every machine
  return Promise.all(
    names.map(async (name) => ({
      name: prefix + name,
      bytes: (await stat(join(path, name))).size,
    })),
  );
}
