import { open } from "node:fs/promises";
import { z } from "zod";
import { defineTool, type Tool } from "../../tools/tool";
import {
  documentNameSchema,
  resolveDocumentPath,
  invalidToolInput,
} from "./documents-folder";

/** More than a model can read at once; a larger file is refused rather than cut. */
const maxBytes = 1024 * 1024;

/** Reads one text file of the documents folder, and nothing outside it. */
export const readDocument = (documentsFolder: string): Tool =>
  defineTool({
    name: "readDocument",
    description:
      "Reads one document in full, by its name as listDocuments gives it.",
    input: z.strictObject({
      name: documentNameSchema.describe(
        "The document's name, for example notes.txt.",
      ),
    }),
    idempotent: true,
    execute: async ({ name }) => ({
      name,
      text: await textOf(
        await resolveDocumentPath(documentsFolder, name),
        name,
      ),
    }),
  });

async function textOf(path: string, name: string): Promise<string> {
  await using file = await open(path, "r");
  const stats = await file.stat();
  if (!stats.isFile()) throw invalidToolInput(`${name} is no document`);
  if (stats.size > maxBytes)
    throw invalidToolInput(
      `${name} is larger than ${maxBytes} bytes; split it`,
    );
  return await file.readFile("utf8"); // awaited here, before the file is closed
}
