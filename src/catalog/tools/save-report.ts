import { randomUUID } from "node:crypto";
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

export const saveReport = (reportsFolder: string): Tool =>
  defineTool({
    name: "saveReport",
    description:
      "Saves a report as a text file with the given name, replaces an existing file, and returns the path.",
    input: z.strictObject({
      name: fileName.describe("A file name, for example review.md."),
      text: z.string().describe("The complete report."),
    }),
    idempotent: true,
    execute: async ({ name, text }) => {
      // Orchestration ids may contain colons, which some file systems do not allow in names.
      const path = join(reportsFolder, name.replaceAll(":", "%3A"));
      await mkdir(reportsFolder, { recursive: true });
      await replaceFile(path, text);
      return { path, bytes: Buffer.byteLength(text) };
    },
  });

/**
 * Replaces the file atomically. Each execution has its own temporary file: a call that the platform has started twice runs
 * concurrently, and neither execution renames the file of the other. A crash can leave one.
 */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeDurably(temporary, text);
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}

/** Flushes before the rename, so that a power failure cannot leave an empty report. */
async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, "w");
  await file.writeFile(text, "utf8");
  await file.sync();
}
