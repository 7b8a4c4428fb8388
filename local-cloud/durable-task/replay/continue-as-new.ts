import type { OrchestratorState } from "./actions";
import type { EpisodeContext } from "./decision";
import type { EpisodeResult } from "./episode-result";
import type { HistoryEvent } from "../model/history-event";
import { createStartMessage } from "../model/hub-message";
import type { Instance } from "../model/instance";
import { createLockReleases } from "./lock-releases";
import { findUnconsumedEvents } from "./unconsumed-events";

/** Ends the execution, releases its locks and starts the next execution of the instance. */
export function continueAsNew(
  result: EpisodeResult,
  input: string | null,
  past: readonly HistoryEvent[],
  state: OrchestratorState,
  { newId }: EpisodeContext,
): EpisodeResult {
  const instance: Instance = {
    ...result.instance,
    executionId: newId(),
    input,
    createdAt: result.instance.updatedAt,
  };
  const to = instance.instanceId;
  const unconsumed = findUnconsumedEvents(state.actions[0] ?? [], past);
  return {
    ...result,
    instance,
    events: [],
    continuesAsNew: true,
    outgoing: [
      ...result.outgoing,
      ...createLockReleases(to, past),
      { to, message: createStartMessage(instance) },
      ...unconsumed.map((event) => ({
        to,
        message: { executionId: null, event },
      })),
    ],
  };
}
