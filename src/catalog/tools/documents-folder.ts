import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { z } from "zod";
import { AosError } from "../../domain/errors";

const plainName = "[^/\\\\\\0:.][^/\\\\\\0:]*";

/** A relative path without `.`, `..`, drive letters or hidden files. */
export const documentNameSchema = z
  .string()
  .max(255)
  .regex(new RegExp(`^${plainName}(?:/${plainName})*$`), {
    error: "must be a relative path without `..`",
  });

/** Throws `tool_input_invalid` if the documents folder contains no file or folder with this name. */
export async function resolveDocumentPath(
  documentsFolder: string,
  name: string,
): Promise<string> {
  const root = await resolveDocumentsFolder(documentsFolder);
  const path = await realPathIfExists(join(root, name));
  if (path === undefined)
    throw invalidToolInput(
      `The documents folder contains no file or folder ${name}. Call listDocuments for the available names`,
    );
  // The schema rejects `..`, but a symbolic link can still lead out of the folder.
  if (!path.startsWith(root + sep))
    throw invalidToolInput(
      `${name} leads outside the documents folder through a symbolic link`,
    );
  return path;
}

export async function resolveDocumentsFolder(
  documentsFolder: string,
): Promise<string> {
  const root = await realPathIfExists(documentsFolder);
  if (root !== undefined) return root;
  throw new AosError(
    "configuration_invalid",
    `The documents folder ${documentsFolder} does not exist. Create it, or set AOS_DOCUMENTS_FOLDER to another folder.`,
  );
}

export const invalidToolInput = (
  problem: string,
): AosError<"tool_input_invalid"> =>
  new AosError("tool_input_invalid", `${problem}.`);

async function realPathIfExists(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw thrown;
  }
}
