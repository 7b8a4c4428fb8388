import { randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { HostStartError } from "./host-error";
import { formatSchemaIssues } from "./format-schema-issues";

const keysSchema = z.object({
  masterKey: z.string().min(1),
  functionKeys: z.object({ default: z.string().min(1) }),
  systemKeys: z.object({ durabletask_extension: z.string().min(1) }),
});
export type HostKeys = z.output<typeof keysSchema>;

/** Loads the keys from `path`; on the first start generates them into a file that only its owner can read. */
export function loadOrCreateKeys(path: string): HostKeys {
  if (!existsSync(path)) {
    const keys: HostKeys = {
      masterKey: generateKey(),
      functionKeys: { default: generateKey() },
      systemKeys: { durabletask_extension: generateKey() },
    };
    // Renaming is atomic: a crash never leaves a partial key file.
    const text = `${JSON.stringify(keys, null, 2)}\n`;
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return keys;
  }
  try {
    return keysSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new HostStartError(
      "data_folder_unwritable",
      `The keys in ${path} cannot be read (${formatSchemaIssues(cause)}). Remove the file to generate new keys.`,
      { cause },
    );
  }
}

const generateKey = (): string => randomBytes(40).toString("base64url");

/** Whether `key` authorizes a request to a function of this authorization level. The master key is always accepted. */
export function authorizesFunction(
  keys: HostKeys,
  level: string,
  key: string | undefined,
): boolean {
  if (level === "anonymous") return true;
  if (key === undefined) return false;
  if (keysEqual(key, keys.masterKey)) return true;
  return level === "function" && keysEqual(key, keys.functionKeys.default);
}

export const authorizesWebhook = (
  keys: HostKeys,
  key: string | undefined,
): boolean =>
  key !== undefined &&
  (keysEqual(key, keys.systemKeys.durabletask_extension) ||
    keysEqual(key, keys.masterKey));

/** Compares in constant time, so that the duration does not reveal a prefix of the key. */
function keysEqual(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
