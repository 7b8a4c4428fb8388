import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { z } from "zod";
import { AosError } from "../../domain/errors";

const plainName = "[^/\\\\\\0:.][^/\\\\\\0:]*";

/** Where a document may be: a plain name, or one below folders of plain names. Never up, never elsewhere. */
export const documentNameSchema = z
  .string()
  .max(255)
  .regex(new RegExp(`^${plainName}(?:/${plainName})*$`), {
    error: "must be a relative path of plain names, without `..`",
  });

/** The real path of what is called `name` in the documents folder. Throws `tool_input_invalid` when there is no such thing. */
export async function resolveDocumentPath(
  documentsFolder: string,
  name: string,
): Promise<string> {
  const root = await resolveDocumentsFolder(documentsFolder);
  const path = await realPath(join(root, name));
  if (path === undefined)
    throw invalidToolInput(
      `The documents folder has no ${name}; listDocuments names what there is`,
    );
  // The name is checked already, but a link inside the folder could still lead out of it.
  if (!path.startsWith(root + sep))
    throw invalidToolInput(`${name} leads out of the documents folder`);
  return path;
}

/** The documents folder itself, without links. */
export async function resolveDocumentsFolder(
  documentsFolder: string,
): Promise<string> {
  const root = await realPath(documentsFolder);
  if (root !== undefined) return root;
  throw new AosError(
    "configuration_invalid",
    `The documents folder ${documentsFolder} does not exist. Create it, or name another one in AOS_DOCUMENTS_FOLDER.`,
  );
}

export const invalidToolInput = (
  problem: string,
): AosError<"tool_input_invalid"> =>
  new AosError("tool_input_invalid", `${problem}.`);

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw thrown;
  }
}
