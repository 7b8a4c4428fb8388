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

/** The keys of this host, made on its first start and kept in `path`, readable by the owner only. */
export function loadOrCreateKeys(path: string): HostKeys {
  if (!existsSync(path)) {
    const keys: HostKeys = {
      masterKey: newKey(),
      functionKeys: { default: newKey() },
      systemKeys: { durabletask_extension: newKey() },
    };
    // The file is there whole or not at all, even if the process dies here.
    const made = `${path}.new`;
    writeFileSync(made, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
    renameSync(made, path);
    return keys;
  }
  try {
    return keysSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new HostStartError(
      "data_folder_unwritable",
      `The keys in ${path} cannot be read (${formatSchemaIssues(cause)}). Remove the file to have new ones made.`,
      { cause },
    );
  }
}

const newKey = (): string => randomBytes(40).toString("base64url");

/** Whether `given` opens a function of this level; the master key opens everything. */
export function authorizesFunction(
  keys: HostKeys,
  level: string,
  given: string | undefined,
): boolean {
  if (level === "anonymous") return true;
  if (given === undefined) return false;
  if (same(given, keys.masterKey)) return true;
  return level === "function" && same(given, keys.functionKeys.default);
}

export const authorizesWebhook = (
  keys: HostKeys,
  given: string | undefined,
): boolean =>
  given !== undefined &&
  (same(given, keys.systemKeys.durabletask_extension) ||
    same(given, keys.masterKey));

/** Takes as long for a wrong key as for a right one. */
function same(given: string, key: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(key);
  return a.length === b.length && timingSafeEqual(a, b);
}
