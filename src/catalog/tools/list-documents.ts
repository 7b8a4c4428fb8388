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

export const listDocuments = (documentsFolder: string): Tool =>
  defineTool({
    name: "listDocuments",
    description:
      "Lists the names and sizes in bytes of the documents that readDocument can read, sorted by name.",
    input: z.strictObject({
      folder: documentNameSchema
        .optional()
        .describe(
          "A folder within the documents folder. Default: the documents folder itself.",
        ),
    }),
    idempotent: true,
    execute: async ({ folder }) =>
      folder === undefined
        ? listTextFiles(await resolveDocumentsFolder(documentsFolder), "")
        : listTextFiles(
            await resolveDocumentPath(documentsFolder, folder),
            `${folder}/`,
          ),
  });

async function listTextFiles(path: string, prefix: string): Promise<Json> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    // Excludes symbolic links, which may point outside of the folder.
    .filter((entry) => entry.isFile() && textFile.test(entry.name))
    .map((entry) => entry.name)
    .sort(); // By code unit, independent of the locale.
  return Promise.all(
    names.map(async (name) => ({
      name: prefix + name,
      bytes: (await stat(join(path, name))).size,
    })),
  );
}
