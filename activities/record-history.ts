import type { RecordHistoryInput } from "../src/model/contracts";
import type { Services } from "./services";

/** Writes down what the orchestrator decided. Rows have keys of their own, so that a retry overwrites them. */
export const recordHistory =
  ({ storage }: Pick<Services, "storage">) =>
  async ({
    orchestrationId,
    rows,
    status,
  }: RecordHistoryInput): Promise<null> => {
    const { history, orchestrations } = storage();
    await history.append(orchestrationId, rows);
    if (status !== undefined) {
      const latest = rows
        .map(({ at }) => at)
        .sort()
        .at(-1);
      const updatedAt = latest ?? new Date().toISOString();
      await orchestrations.update(orchestrationId, { status, updatedAt });
    }
    return null;
  };
