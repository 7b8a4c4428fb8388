import { open } from "node:fs/promises";
import { z } from "zod";
import { defineTool, type Tool } from "../../tools/tool";
import {
  documentNameSchema,
  resolveDocumentPath,
  invalidToolInput,
} from "./documents-folder";

/** Larger files are rejected, not truncated. */
const maxBytes = 1024 * 1024;

export const readDocument = (documentsFolder: string): Tool =>
  defineTool({
    name: "readDocument",
    description:
      "Reads one complete document by the name that listDocuments returns.",
    input: z.strictObject({
      name: documentNameSchema.describe(
        "The document's name, for example notes.txt.",
      ),
    }),
    idempotent: true,
    execute: async ({ name }) => ({
      name,
      text: await readText(
        await resolveDocumentPath(documentsFolder, name),
        name,
      ),
    }),
  });

async function readText(path: string, name: string): Promise<string> {
  await using file = await open(path, "r");
  const stats = await file.stat();
  if (!stats.isFile()) throw invalidToolInput(`${name} is not a file`);
  if (stats.size > maxBytes)
    throw invalidToolInput(
      `${name} is larger than ${maxBytes} bytes. Split it`,
    );
  return await file.readFile("utf8"); // Awaited before the file is closed.
}
