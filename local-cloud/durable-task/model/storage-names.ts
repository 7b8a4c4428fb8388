/** The tables, queues and containers of a task hub in Azure Storage. */
export interface TaskHubStorageNames {
  readonly tables: readonly string[];
  readonly queues: readonly string[];
  readonly containers: readonly string[];
}

/** A hub has at most 16 control queues. https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-azure-storage-provider */
const controlQueues = Array.from(
  { length: 16 },
  (_, index) => `control-${String(index).padStart(2, "0")}`,
);

export function taskHubStorageNames(hubName: string): TaskHubStorageNames {
  const withPrefix = (name: string): string =>
    `${hubName.toLowerCase()}-${name}`;
  return {
    tables: ["Instances", "History", "Partitions"].map(
      (name) => `${hubName}${name}`,
    ),
    queues: ["workitems", ...controlQueues].map(withPrefix),
    containers: ["leases", "applease", "largemessages"].map(withPrefix),
  };
}
