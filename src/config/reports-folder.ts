import { readlinkSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import {
  basename,
  dirname,
  isAbsolute,
  join,
  relative,
  resolve,
  sep,
} from "node:path";
import { toErrorMessage } from "../domain/errors";

/** Outside the app: its folder is read-only in Azure, and a new folder in it restarts the host. */
export const defaultReportsFolder = (): string =>
  join(tmpdir(), "aos", "reports");

/** Why reports cannot be written to the folder; continues a sentence that starts with the setting. */
export function describeReportsFolderProblem(
  appFolder: string,
  reportsFolder: string,
): string | undefined {
  try {
    return isInside(resolveLinks(appFolder), resolveLinks(reportsFolder))
      ? `must be outside the folder of the app (${appFolder}), which is read-only in Azure: set a folder such as ${defaultReportsFolder()}`
      : undefined;
  } catch (thrown) {
    return `cannot be resolved (${toErrorMessage(thrown)}): set a folder such as ${defaultReportsFolder()}`;
  }
}

function isInside(root: string, folder: string): boolean {
  const path = relative(root, folder);
  // On Windows the path to another drive is absolute.
  return path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** The real path, also of a folder that does not exist yet: the first write would create it below the target of a link. */
function resolveLinks(path: string): string {
  try {
    // `native` also gives the letter case of the names on disk.
    return realpathSync.native(path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw thrown;
  }
  const parent = resolveLinks(dirname(path));
  const target = readLink(path);
  return target === undefined
    ? join(parent, basename(path))
    : resolveLinks(resolve(parent, target));
}

/** The target of a symbolic link, which may not exist; undefined when `path` is none. */
function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
