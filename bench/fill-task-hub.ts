/** Fills a task hub with finished orchestrations: copies of one that has run, written directly to the database. */
import { join } from "node:path";
import { openTaskHubStore, type TaskHubStore } from "azure-local-cloud";
import { createBenchClient } from "./bench-client";
import { startBenchHost } from "./processes";

const steps = 10;
const commitSize = 500;

/** Creates a task hub in the folder with `count` finished chains of ten steps. */
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
    await copyFirstInstance(store, count);
  } finally {
    store.close();
  }
}

async function copyFirstInstance(
  store: TaskHubStore,
  count: number,
): Promise<void> {
  const [template] = store.instances({ limit: 1 });
  if (template === undefined)
    throw new Error("The task hub has no instance to copy.");
  const events = store.history(template.instanceId);
  for (let done = 0; done < count; done += commitSize) {
    const ids = Array.from(
      { length: Math.min(commitSize, count - done) },
      (_, n) => `finished-${done + n}`,
    );
    await store.commit([
      {
        instances: ids.map((instanceId) => ({ ...template, instanceId })),
        histories: ids.map((instanceId) => ({ instanceId, from: 0, events })),
      },
    ]);
  }
}
