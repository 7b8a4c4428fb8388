import type { FinishInput } from "../../domain/contracts";
import type { Payload } from "../../domain/payload";
import { loadAndRender } from "../../storage/load-scope";
import type { PayloadStore, Storage } from "../../storage/ports";
import {
  logCompletion,
  logFailedSteps,
} from "../../telemetry/log/log-completion";
import type { Log } from "../../telemetry/log/log-event";
import { recordTurns } from "../../telemetry/spans/turn-spans";
import {
  publishEnd,
  type PublishDependencies,
  readRecordedEnd,
  type RecordedEnd,
  toEndEvent,
} from "./publish-end";

interface FinishDependencies {
  readonly storage: () => Storage;
  readonly messaging: PublishDependencies["messaging"];
}

/**
 * Records the end of an orchestration.
 *
 * 1. It writes the output, then the history, then the summary, whose status is authoritative.
 * 2. It sends the response and the lifecycle event only afterwards, so that they never report an end that is not stored.
 * 3. Keys and message ids are deterministic: after a crash, repeating the activity has the same result.
 * 4. If another process has recorded an end, because the task hub ended the instance meanwhile, that end counts.
 */
export const finishOrchestration =
  ({ storage: openedStorage, messaging }: FinishDependencies) =>
  async (input: FinishInput, log: Log): Promise<Payload> => {
    const { orchestrationId, metadata, reply, startedAt } = input;
    const storage = openedStorage();
    const output = await storeOutput(input, storage.payloads);
    const planned = toRecordedEnd(input, output);
    const added = await storage.history.append(orchestrationId, [
      ...input.events,
      toEndEvent(planned),
    ]);
    recordTurns(
      orchestrationId,
      { rows: input.events, added, resumption: input.resumption },
      metadata.traceparent,
    );
    logFailedSteps(log, orchestrationId, added);
    const end = await recordEnd(input, planned, storage, log);
    await publishEnd(
      {
        id: orchestrationId,
        metadata,
        reply,
        startedAt,
        events: [...input.events, toEndEvent(end)],
      },
      end,
      { storage, messaging, log },
    );
    return output;
  };

async function storeOutput(
  { orchestrationId, result }: FinishInput,
  payloads: PayloadStore,
): Promise<Payload> {
  if (result.status === "failed") return { value: null };
  const { outputTemplate, scope } = result;
  return payloads.put(
    orchestrationId,
    await loadAndRender(outputTemplate, scope, payloads),
  );
}

const toRecordedEnd = (
  { at, usage, result }: FinishInput,
  output: Payload,
): RecordedEnd => ({
  endedAt: at,
  usage,
  ...(result.status === "completed"
    ? { status: "completed", output }
    : { status: "failed", error: result.error }),
});

/** Returns the end that the row contains. */
async function recordEnd(
  { orchestrationId: id, metadata: { workflow } }: FinishInput,
  end: RecordedEnd,
  storage: Storage,
  log: Log,
): Promise<RecordedEnd> {
  const change = { ...end, updatedAt: end.endedAt };
  if (await storage.orchestrations.update(id, change)) {
    logCompletion(log, { ...end, id, workflow });
    return end;
  }
  const recorded = await readRecordedEnd(id, storage);
  await storage.history.replace(id, toEndEvent(recorded));
  return recorded;
}
