import type { Instance, RuntimeStatus } from "../model/instance";
import type { StoredEntity, TaskHubStore } from "../store/task-hub-store";
import type { InstanceFilter } from "../model/list-filters";

/** Lists instances and entities, sorted by id. An entity is listed as an instance that is always running. */
export function listInstancesAndEntities(
  store: Pick<TaskHubStore, "instances" | "entities">,
  filter: InstanceFilter,
): readonly Instance[] {
  const instances = store.instances(filter);
  const entities =
    (filter.status?.includes(entityStatus) ?? true)
      ? store.entities(filter).map(toEntityInstance)
      : [];
  const all = [...instances, ...entities].sort(compareIds);
  // Each list has up to `limit` entries, so the first `limit` entries of both are included.
  return all.slice(0, filter.limit);
}

const entityStatus: RuntimeStatus = "Running";

/** An entity in the form in which the Durable Task extension lists it among instances. */
export const toEntityInstance = ({
  entityId,
  exists,
  state,
  lockedBy,
  createdAt,
  updatedAt,
}: StoredEntity): Instance => ({
  instanceId: entityId,
  executionId: "",
  name: entityId,
  version: "",
  status: entityStatus,
  input: JSON.stringify({
    ...(exists && { exists, state }),
    ...(lockedBy !== null && { lockedBy }),
  }),
  output: null,
  customStatus: JSON.stringify({
    ...(exists && { entityExists: true }),
    ...(lockedBy !== null && { lockedBy }),
  }),
  failureDetails: null,
  parent: null,
  createdAt,
  updatedAt,
});

/** SQLite sorts by the bytes of the text. */
const compareIds = (one: Instance, other: Instance): number =>
  Buffer.compare(Buffer.from(one.instanceId), Buffer.from(other.instanceId));
