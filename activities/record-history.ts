import type { RecordHistoryInput } from "../src/domain/contracts";
import { buildLifecycleEvents } from "../src/messaging/out/lifecycle-events";
import { publishMessages } from "../src/messaging/out/publish-messages";
import { logFailedSteps } from "../src/telemetry/log/log-completion";
import type { Log } from "../src/telemetry/log/log-event";
import { recordTurns } from "../src/telemetry/spans/turn-spans";
import type { ActivityDependencies } from "./activity-dependencies";

/** Writes history events, then publishes lifecycle events. Keys and message ids are deterministic, so retries are safe. */
export const recordHistory =
  ({
    storage,
    messaging,
  }: Pick<ActivityDependencies, "storage" | "messaging">) =>
  async (
    {
      orchestrationId,
      events,
      status,
      metadata,
      traceparent,
      resumption,
    }: RecordHistoryInput,
    log: Log,
  ): Promise<null> => {
    const { history, orchestrations } = storage();
    const added = await history.append(orchestrationId, events);
    recordTurns(
      orchestrationId,
      { rows: events, added, resumption },
      traceparent,
    );
    logFailedSteps(log, orchestrationId, added);
    const latest = events
      .map(({ at }) => at)
      .sort()
      .at(-1);
    const at = latest ?? new Date().toISOString();
    if (status !== undefined)
      await orchestrations.update(orchestrationId, { status, updatedAt: at });
    const serviceBus = messaging();
    if (serviceBus !== undefined && metadata !== undefined)
      await publishMessages(
        buildLifecycleEvents(orchestrationId, events, metadata),
        { orchestrationId, at },
        { messaging: serviceBus, history, log },
      );
    return null;
  };
