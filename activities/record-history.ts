import type { RecordHistoryInput } from "../src/domain/contracts";
import { buildLifecycleEvents } from "../src/messaging/out/lifecycle-events";
import { logFailedSteps } from "../src/telemetry/log/log-completion";
import type { Log } from "../src/telemetry/log/log-event";
import { recordTurns } from "../src/telemetry/spans/turn-spans";
import type { ActivityDependencies } from "./activity-dependencies";
import { publishMessages } from "./publish-messages";

/** Writes history events, then publishes lifecycle events. Keys and message ids are deterministic, so retries are safe. */
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
    const serviceBus = messaging();
    if (serviceBus !== undefined && about !== undefined)
      await publishMessages(
        buildLifecycleEvents(orchestrationId, rows, about),
        { orchestrationId, at },
        { messaging: serviceBus, history, log },
      );
    return null;
  };
