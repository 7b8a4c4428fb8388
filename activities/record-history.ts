import { buildLifecycleEvents } from "../src/messaging/out/lifecycle-events";
import type { RecordHistoryInput } from "../src/domain/contracts";
import { logFailedSteps } from "../src/telemetry/log/log-completion";
import type { Log } from "../src/telemetry/log/log-event";
import { recordTurns } from "../src/telemetry/spans/turn-spans";
import type { ActivityDependencies } from "./activity-dependencies";
import { publishMessages } from "./publish-messages";

/** Writes down what the orchestrator decided, then tells it. Rows have keys of their own, so that a retry overwrites them. */
export const recordHistory =
  ({
    storage,
    messaging,
  }: Pick<ActivityDependencies, "storage" | "messaging">) =>
  async (
    { orchestrationId, rows, status, about, traceparent }: RecordHistoryInput,
    log: Log,
  ): Promise<null> => {
    const { history, orchestrations } = storage();
    const added = await history.append(orchestrationId, rows);
    recordTurns(orchestrationId, { rows, added }, traceparent);
    logFailedSteps(log, orchestrationId, added);
    const latest = rows
      .map(({ at }) => at)
      .sort()
      .at(-1);
    const at = latest ?? new Date().toISOString();
    if (status !== undefined)
      await orchestrations.update(orchestrationId, { status, updatedAt: at });
    const broker = messaging();
    if (broker !== undefined && about !== undefined)
      await publishMessages(
        buildLifecycleEvents(orchestrationId, rows, about),
        { orchestrationId, at },
        { messaging: broker, history, log },
      );
    return null;
  };
