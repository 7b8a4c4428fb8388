/** A task hub with a past: finished orchestrations written to its file at once, as copies of one that was run. */
import { join } from "node:path";
import { openTaskHubStore } from "../local-cloud/durable-task/store/sqlite-store";
import type { TaskHubStore } from "../local-cloud/durable-task/store/task-hub-store";
import { startBenchHost } from "./host";
import { createBenchClient } from "./bench-client";

const steps = 10;
const commitSize = 500;

/** Makes a task hub in the folder that has run that many chains of ten steps. */
export async function fillTaskHub(
  folder: string,
  count: number,
): Promise<void> {
  {
    await using host = await startBenchHost(folder);
    await createBenchClient(host.url).complete("chain", steps, steps);
  }
  const store = openTaskHubStore(join(folder, "task-hub.db"));
  try {
    await copyFirst(store, count);
  } finally {
    store.close();
  }
}

async function copyFirst(store: TaskHubStore, count: number): Promise<void> {
  const [model] = store.instances({ limit: 1 });
  if (model === undefined) throw new Error("There is nothing to be copied.");
  const events = store.history(model.instanceId);
  for (let done = 0; done < count; done += commitSize) {
    const ids = Array.from(
      { length: Math.min(commitSize, count - done) },
      (_, n) => `finished-${done + n}`,
    );
    await store.commit([
      {
        instances: ids.map((instanceId) => ({ ...model, instanceId })),
        histories: ids.map((instanceId) => ({ instanceId, from: 0, events })),
      },
    ]);
  }
}
