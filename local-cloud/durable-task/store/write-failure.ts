import { errorMessage } from "../../shared/error-message";
import { TaskHubError } from "./task-hub-store";

/** EFBIG: the file has reached a size limit of the shell (`ulimit`) or of the file system. */
const diskFullCodes = new Set(["ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL"]);
const busyCodes = new Set(["SQLITE_BUSY", "SQLITE_LOCKED", "EAGAIN", "EBUSY"]);

export type WriteFailure =
  | { readonly isTransient: true; readonly message: string }
  | { readonly isTransient: false; readonly error: TaskHubError };

/**
 * Classifies a failed commit. A full disk and a file in use are transient. Everything else is permanent: after a failed
 * write or flush the content of the disk is unknown, and a record that cannot be written now cannot be written later.
 */
export function classifyWriteFailure(cause: unknown): WriteFailure {
  const code = errorCode(cause);
  if (diskFullCodes.has(code))
    return {
      isTransient: true,
      message:
        "The disk of the task hub is full, or a file has reached its size limit. All work is paused and no data is lost. Free disk space, or raise the file size limit; the task hub retries every second.",
    };
  if (busyCodes.has(code))
    return {
      isTransient: true,
      message:
        "The task hub's file is in use by another process. All work is paused until that process releases it; the task hub retries every second.",
    };
  return {
    isTransient: false,
    error: new TaskHubError(
      "task_hub_unwritable",
      `The task hub cannot write to its files and stops (${errorMessage(cause)}). All acknowledged changes are on disk. Check the disk and the permissions of the data folder, then start the host again.`,
      { cause },
    ),
  };
}

/** Reads `code` without `instanceof`: in Jest, errors of Node.js belong to another realm. */
const errorCode = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error
    ? String(error.code)
    : "";
