import type { RecordHistoryInput } from "../src/model/contracts";
import type { Services } from "./services";

/** Writes history rows; their keys are given, so writing them again changes nothing. */
export const recordHistory =
  ({ storage }: Pick<Services, "storage">) =>
  async ({
    orchestrationId,
    rows,
    status,
  }: RecordHistoryInput): Promise<null> => {
    const { history, orchestrations } = storage();
    await history.append(orchestrationId, rows);
    if (status !== undefined)
      await orchestrations.update(orchestrationId, {
        status,
        updatedAt: new Date().toISOString(),
      });
    return null;
  };
