import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import type { TaskHubStore } from "../../../durable-task/store/task-hub-store";
import { copyHubFiles } from "./crash-files";

/**
 * Reads the task hub of a host that was killed, from a copy: opening the files of a hub already recovers its state.
 */
export function readTaskHubCopy<Result>(
  data: string,
  read: (store: TaskHubStore) => Result,
): Result {
  const copy = mkdtempSync(join(tmpdir(), "task-hub-copy-"));
  copyHubFiles(join(data, "task-hub"), join(copy, "task-hub"));
  const store = openTaskHubStore(join(copy, "task-hub.db"));
  try {
    return read(store);
  } finally {
    store.close();
    rmSync(copy, { recursive: true });
  }
}
