/** What to do about a commit that the disk did not take. */
import { TaskHubError } from "./task-hub-store";

/** Room can be made while the hub waits; EFBIG is a limit of the shell or of the file system. */
const full = new Set(["ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL"]);
/** Another process has the file in its hands and will let go of it. */
const busy = new Set(["SQLITE_BUSY", "SQLITE_LOCKED", "EAGAIN", "EBUSY"]);

export type WriteFailure =
  | { readonly mayPass: true; readonly sentence: string }
  | { readonly mayPass: false; readonly error: TaskHubError };

/**
 * A disk without room and a file that is in use are waited for. Everything else is not: after a failed write or flush
 * nobody knows what the disk has, and a record that cannot be written now cannot be written later either.
 */
export function writeFailure(cause: unknown): WriteFailure {
  const code = codeOf(cause);
  if (full.has(code))
    return {
      mayPass: true,
      sentence:
        "There is no room on the disk of the task hub: nothing goes on, and nothing is lost. Make room, or raise the limit; it tries again every second.",
    };
  if (busy.has(code))
    return {
      mayPass: true,
      sentence:
        "The task hub's file is in use by another process: nothing goes on until that lets go of it. It tries again every second.",
    };
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    mayPass: false,
    error: new TaskHubError(
      "task_hub_unwritable",
      `The task hub cannot write to its files and stops (${reason}). What was told to anyone is on disk. Look after the disk and the rights to the data folder, then start the host again.`,
      { cause },
    ),
  };
}

/** By its shape: under a test runner, errors of Node.js are of another realm. */
const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error
    ? String(error.code)
    : "";
