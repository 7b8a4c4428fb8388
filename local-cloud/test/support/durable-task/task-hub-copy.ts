import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import type { TaskHubStore } from "../../../durable-task/store/task-hub-store";

/**
 * Reads the task hub of a host that was killed, from a copy: opening the files of a hub already recovers its state.
 */
export function readTaskHubCopy<Result>(
  data: string,
  read: (store: TaskHubStore) => Result,
): Result {
  const copy = mkdtempSync(join(tmpdir(), "task-hub-copy-"));
  for (const name of ["task-hub.db", "task-hub.db-wal", "task-hub.log"])
    if (existsSync(join(data, name)))
      copyFileSync(join(data, name), join(copy, name));
  const store = openTaskHubStore(join(copy, "task-hub.db"));
  try {
    return read(store);
  } finally {
    store.close();
    rmSync(copy, { recursive: true });
  }
}
