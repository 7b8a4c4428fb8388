import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { defineTool, type Tool } from "../../tools/tool";

const fileName = z
  .string()
  .max(150)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._:-]*$/, {
    error: "must be a file name of letters, digits, `.`, `_`, `-` and `:`",
  });

/** Writes a report into the reports folder, whole or not at all. */
export const saveReport = (reportsFolder: string): Tool =>
  defineTool({
    name: "saveReport",
    description:
      "Saves a report as a text file under the given name, in place of one of that name, and returns its path.",
    input: z.strictObject({
      name: fileName.describe("A file name, for example review.md."),
      text: z.string().describe("The whole report."),
    }),
    idempotent: true,
    execute: async ({ name, text }, { idempotencyKey }) => {
      // Orchestration ids may hold colons, which not every file system allows in names.
      const path = join(reportsFolder, name.replaceAll(":", "%3A"));
      await mkdir(reportsFolder, { recursive: true });
      await replaceFile(path, text, idempotencyKey);
      return { path, bytes: Buffer.byteLength(text) };
    },
  });

/**
 * Readers see the old report or the new one, never half of one. The temporary file is named by the call, so that an
 * attempt after a crash overwrites what the one before left, and two calls never write into the same file.
 */
async function replaceFile(
  path: string,
  text: string,
  idempotencyKey: string,
): Promise<void> {
  const call = createHash("sha256").update(idempotencyKey).digest("hex");
  const temporary = `${path}.${call.slice(0, 16)}.tmp`;
  try {
    await writeDurably(temporary, text);
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}

/** On the disk before the rename, which otherwise could survive a power cut without the text. */
async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, "w");
  await file.writeFile(text, "utf8");
  await file.sync();
}
