import { terminalStatuses } from "../../model/instance";
import type { InstanceFilter } from "../../model/list-filters";
import type { EngineContext } from "../engine-context";

/** Number of instances in one commit. Other commits run in between. */
const pageSize = 200;

/** Removes the ended instances that match the filter. Resolves with their number when that is durable. */
export async function purgeEndedInstances(
  { store, committer }: Pick<EngineContext, "store" | "committer">,
  filter: InstanceFilter,
): Promise<number> {
  const status = terminalStatuses.filter(
    (terminal) => filter.status?.includes(terminal) ?? true,
  );
  let count = 0;
  for (let after = ""; ;) {
    const page = store.instances({ ...filter, status, after, limit: pageSize });
    const last = page.at(-1);
    if (last === undefined) return count;
    await committer.commit({ purged: page });
    count += page.length;
    after = last.instanceId;
  }
}
