/** Instances and entities as one list: an entity is an instance that never ends. */
import type { Instance, RuntimeStatus } from "./instance";
import type { InstanceFilter, ListedEntity, Store } from "./store/store";

/** One slice of the list, sorted by id. */
export function listed(
  store: Pick<Store, "instances" | "entities">,
  filter: InstanceFilter,
): readonly Instance[] {
  const instances = store.instances(filter);
  const entities = isWanted(entityStatus, filter)
    ? store.entities(filter).map(entityInstance)
    : [];
  const all = [...instances, ...entities].sort(byId);
  // Each list gave as many as were asked for, so the first so many of both are among them.
  return all.slice(0, filter.limit);
}

const entityStatus: RuntimeStatus = "Running";

const isWanted = (name: RuntimeStatus, { status }: InstanceFilter): boolean =>
  status?.includes(name) ?? true;

/** An entity as the extension shows it among the instances. */
export const entityInstance = ({
  entityId,
  exists,
  state,
  lockedBy,
  createdAt,
  updatedAt,
}: ListedEntity): Instance => ({
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
