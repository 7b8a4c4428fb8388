import type { FinishInput } from "../src/domain/contracts";
import { createEvent } from "../src/domain/history/create-event";
import type { OrchestrationEvent } from "../src/domain/history/orchestration-history";
import { isPayloadRef, type Payload } from "../src/domain/payload";
import { buildLifecycleEvents } from "../src/messaging/out/lifecycle-events";
import {
  buildResponseMessage,
  type EndedOrchestration,
  maxInlineOutputBytes,
} from "../src/messaging/out/response-message";
import type { OutgoingMessage } from "../src/messaging/ports";
import type { PayloadStore } from "../src/storage/ports";
import {
  logCompletion,
  logFailedSteps,
} from "../src/telemetry/log/log-completion";
import type { Log } from "../src/telemetry/log/log-event";
import { recordTurns } from "../src/telemetry/spans/turn-spans";
import type { ActivityDependencies } from "./activity-dependencies";
import { loadAndRender } from "./load-scope";
import { publishMessages } from "./publish-messages";

/**
 * Records the end of an orchestration.
 *
 * 1. It writes the output, then the history, then the summary, whose status is authoritative.
 * 2. It sends the response and the lifecycle event only afterwards, so that they never report an end that is not stored.
 * 3. Keys and message ids are deterministic: after a crash, repeating the activity has the same result.
 */
export const finishOrchestration =
  ({
    storage,
    messaging,
  }: Pick<ActivityDependencies, "storage" | "messaging">) =>
  async (input: FinishInput, log: Log): Promise<Payload> => {
    const { orchestrationId, at, usage, result, metadata } = input;
    const { history, orchestrations, payloads } = storage();
    const output = await storeOutput(input, payloads);
    const events = [...input.events, endEvent(input)];
    const added = await history.append(orchestrationId, events);
    recordTurns(
      orchestrationId,
      { rows: input.events, added },
      metadata.traceparent,
    );
    logFailedSteps(log, orchestrationId, added);
    const isFirst = await orchestrations.update(orchestrationId, {
      status: result.status,
      updatedAt: at,
      endedAt: at,
      usage,
      ...(result.status === "completed" ? { output } : { error: result.error }),
    });
    if (isFirst)
      logCompletion(log, {
        id: orchestrationId,
        workflow: metadata.workflow,
        ...result,
      });
    const serviceBus = messaging();
    if (serviceBus !== undefined)
      await publishMessages(
        await buildMessages(input, events, output, payloads),
        { orchestrationId, at },
        { messaging: serviceBus, history, log },
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

const endEvent = ({ at, usage, result }: FinishInput): OrchestrationEvent =>
  createEvent({
    type:
      result.status === "completed"
        ? "orchestration.completed"
        : "orchestration.failed",
    at,
    data: {
      usage: { ...usage },
      ...(result.status === "failed" && {
        error: { code: result.error.code, message: result.error.message },
      }),
    },
  });

async function buildMessages(
  input: FinishInput,
  events: readonly OrchestrationEvent[],
  output: Payload,
  payloads: PayloadStore,
): Promise<readonly OutgoingMessage[]> {
  const { orchestrationId, metadata, reply } = input;
  const lifecycle = buildLifecycleEvents(orchestrationId, events, metadata);
  if (reply === undefined) return lifecycle;
  const ended = await toEndedOrchestration(input, output, payloads);
  return [...lifecycle, buildResponseMessage(ended, reply)];
}

async function toEndedOrchestration(
  { orchestrationId, metadata, usage, startedAt, at, result }: FinishInput,
  output: Payload,
  payloads: PayloadStore,
): Promise<EndedOrchestration> {
  return {
    id: orchestrationId,
    metadata,
    usage,
    startedAt,
    endedAt: at,
    ...(result.status === "completed"
      ? { status: "completed", ...(await toResponseOutput(output, payloads)) }
      : { status: "failed", error: result.error }),
  };
}

/** A message can contain a larger value than a table row. */
const toResponseOutput = async (
  output: Payload,
  payloads: PayloadStore,
): Promise<Pick<EndedOrchestration, "output" | "outputRef">> =>
  isPayloadRef(output) && output.bytes > maxInlineOutputBytes
    ? { outputRef: output }
    : { output: await payloads.get(output) };
