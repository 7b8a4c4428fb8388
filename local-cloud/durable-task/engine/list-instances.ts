/** Instances and entities as one list: an entity is an instance that never ends. */
import type { Instance, RuntimeStatus } from "../model/instance";
import type {
  InstanceFilter,
  StoredEntity,
  TaskHubStore,
} from "../store/task-hub-store";

/** One slice of the list, sorted by id. */
export function listInstancesAndEntities(
  store: Pick<TaskHubStore, "instances" | "entities">,
  filter: InstanceFilter,
): readonly Instance[] {
  const instances = store.instances(filter);
  const entities = isWanted(entityStatus, filter)
    ? store.entities(filter).map(toEntityInstance)
    : [];
  const all = [...instances, ...entities].sort(byId);
  // Each list gave as many as were asked for, so the first so many of both are among them.
  return all.slice(0, filter.limit);
}

const entityStatus: RuntimeStatus = "Running";

const isWanted = (name: RuntimeStatus, { status }: InstanceFilter): boolean =>
  status?.includes(name) ?? true;

/** An entity as the extension shows it among the instances. */
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
  input: JSON.stringify({ exists, state, lockedBy }),
  output: null,
  customStatus: JSON.stringify({
    entityExists: exists,
    queueSize: 0,
    lockedBy,
    currentOperation: null,
  }),
  failureDetails: null,
  parent: null,
  createdAt,
  updatedAt,
});

/** As SQLite sorts: by the bytes of the text. */
const byId = (one: Instance, other: Instance): number =>
  Buffer.compare(Buffer.from(one.instanceId), Buffer.from(other.instanceId));
