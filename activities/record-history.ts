import { lifecycleEvents } from "../src/messaging/lifecycle-event";
import type { RecordHistoryInput } from "../src/model/contracts";
import { tellFailedSteps } from "../src/telemetry/ends";
import type { Log } from "../src/telemetry/log";
import { recordTurns } from "../src/telemetry/turns";
import type { Services } from "./services";
import { tell } from "./tell";

/** Writes down what the orchestrator decided, then tells it. Rows have keys of their own, so that a retry overwrites them. */
export const recordHistory =
  ({ storage, messaging }: Pick<Services, "storage" | "messaging">) =>
  async (
    { orchestrationId, rows, status, about, traceparent }: RecordHistoryInput,
    log: Log,
  ): Promise<null> => {
    const { history, orchestrations } = storage();
    const added = await history.append(orchestrationId, rows);
    recordTurns(orchestrationId, { rows, added }, traceparent);
    tellFailedSteps(log, orchestrationId, added);
    const latest = rows
      .map(({ at }) => at)
      .sort()
      .at(-1);
    const at = latest ?? new Date().toISOString();
    if (status !== undefined)
      await orchestrations.update(orchestrationId, { status, updatedAt: at });
    const broker = messaging();
    if (broker !== undefined && about !== undefined)
      await tell(
        lifecycleEvents(orchestrationId, rows, about),
        { orchestrationId, at },
        { messaging: broker, history, log },
      );
    return null;
  };
