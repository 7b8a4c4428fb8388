import { readFile } from "node:fs/promises";

/** The file could not be read. The message is one sentence for people. */
class EntityFileError extends Error {
  override readonly name = "EntityFileError";
  readonly code = "entity_file_unreadable";
}

/** The JSON of a file of Service Bus entities. What is in it, the broker checks. */
export async function readEntityFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch (cause) {
    throw new EntityFileError(
      `The Service Bus entities cannot be read from ${path} (${cause instanceof Error ? cause.message : String(cause)}). It is to be a JSON file as in docs/service-bus.md.`,
      { cause },
    );
  }
}
