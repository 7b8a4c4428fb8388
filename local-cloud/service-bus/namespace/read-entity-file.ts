import { readFile } from "node:fs/promises";
import { errorMessage } from "../../shared/error-message";

/** The message is one sentence for the user. */
class EntityFileError extends Error {
  override readonly name = "EntityFileError";
  readonly code = "entity_file_unreadable";
}

/** Reads the JSON of a Service Bus entity file. The broker validates its content. */
export async function readEntityFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch (cause) {
    throw new EntityFileError(
      `The Service Bus entities cannot be read from ${path} (${errorMessage(cause)}). The file must be JSON as described in docs/reference/service-bus.md.`,
      { cause },
    );
  }
}
