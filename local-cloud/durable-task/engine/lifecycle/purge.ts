import type { EngineContext } from "../engine-context";
import { terminalStatuses } from "../../model/instance";
import type { InstanceFilter } from "../../store/task-hub-store";

/** How many instances go in one transaction. In between others get their turn. */
const sliceSize = 200;

/** Removes what has ended and passes the filter; resolves with the number once that is on disk. */
export async function purgeEndedInstances(
  { store, committer }: Pick<EngineContext, "store" | "committer">,
  filter: InstanceFilter,
): Promise<number> {
  const status = terminalStatuses.filter(
    (state) => filter.status?.includes(state) ?? true,
  );
  let count = 0;
  for (let after = ""; ;) {
    const slice = store.instances({
      ...filter,
      status,
      after,
      limit: sliceSize,
    });
    const last = slice.at(-1);
    if (last === undefined) return count;
    await committer.commit({ purged: slice });
    count += slice.length;
    after = last.instanceId;
  }
}
