import type { Storage } from "../src/storage/ports";
import { buildLifecycleEvents } from "../src/messaging/out/lifecycle-events";
import type { Messaging, OutgoingMessage } from "../src/messaging/ports";
import {
  type EndedOrchestration,
  maxInlineOutputBytes,
  buildResponseMessage,
} from "../src/messaging/out/response-message";
import type { FinishInput } from "../src/domain/contracts";
import type { OrchestrationEvent } from "../src/domain/history/orchestration-history";
import { createEvent } from "../src/domain/history/create-event";
import { isPayloadRef, type Payload } from "../src/domain/payload";
import { loadAndRender } from "./load-scope";
import {
  logCompletion,
  logFailedSteps,
} from "../src/telemetry/log/log-completion";
import type { Log } from "../src/telemetry/log/log-event";
import { recordTurns } from "../src/telemetry/spans/turn-spans";
import type { ActivityDependencies } from "./activity-dependencies";
import { publishMessages } from "./publish-messages";

/**
 * Writes the end of an orchestration: what it gave, then its history, then its summary, which is what others go by. Only
 * then it is told: the response and the event never speak of an end that is not written. Every part has its own key,
 * and every message its own id, so that after a crash in between all of it is done again and comes out the same.
 */
export const finishOrchestration =
  ({
    storage,
    messaging,
  }: Pick<ActivityDependencies, "storage" | "messaging">) =>
  async (input: FinishInput, log: Log): Promise<Payload> => {
    const { orchestrationId, at, rows, usage, result, about } = input;
    const { history, orchestrations, payloads } = storage();
    const output = await outputOf(input, { payloads });
    const written = [...rows, finalRow(input)];
    const added = await history.append(orchestrationId, written);
    recordTurns(orchestrationId, { rows, added }, about?.traceparent);
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
        workflow: about?.workflow,
        ...result,
      });
    const broker = messaging();
    if (broker !== undefined)
      await announce(input, written, output, {
        messaging: broker,
        storage: storage(),
        log,
      });
    return output;
  };

async function outputOf(
  { orchestrationId, result }: FinishInput,
  { payloads }: Pick<Storage, "payloads">,
): Promise<Payload> {
  if (result.status === "failed") return { value: null };
  const { outputTemplate, scope } = result;
  return payloads.put(
    orchestrationId,
    await loadAndRender(outputTemplate, scope, payloads),
  );
}

const finalRow = ({ at, usage, result }: FinishInput): OrchestrationEvent =>
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

interface Telling {
  readonly messaging: Messaging;
  readonly storage: Storage;
  readonly log: Log;
}

async function announce(
  input: FinishInput,
  rows: readonly OrchestrationEvent[],
  output: Payload,
  { messaging, storage, log }: Telling,
): Promise<void> {
  const { history, payloads } = storage;
  const { orchestrationId, at, about, reply } = input;
  // Of an orchestration that an earlier version of AOS started nothing is known that could be told.
  if (about === undefined) return;
  const messages: OutgoingMessage[] = [
    ...buildLifecycleEvents(orchestrationId, rows, about),
  ];
  if (reply !== undefined) {
    const ended = await endedOf({ ...input, about }, output, { payloads });
    messages.push(buildResponseMessage(ended, reply));
  }
  await publishMessages(
    messages,
    { orchestrationId, at },
    { messaging, history, log },
  );
}

async function endedOf(
  input: FinishInput & Pick<EndedOrchestration, "about">,
  output: Payload,
  { payloads }: Pick<Storage, "payloads">,
): Promise<EndedOrchestration> {
  const { result, at } = input;
  return {
    id: input.orchestrationId,
    about: input.about,
    usage: input.usage,
    startedAt: input.startedAt ?? at,
    endedAt: at,
    ...(result.status === "completed"
      ? { status: "completed", ...(await carried(output, payloads)) }
      : { status: "failed", error: result.error }),
  };
}

/** The output itself as long as a message has room for it, which is more than a row has. */
const carried = async (
  output: Payload,
  payloads: Storage["payloads"],
): Promise<Pick<EndedOrchestration, "output" | "outputRef">> =>
  isPayloadRef(output) && output.bytes > maxInlineOutputBytes
    ? { outputRef: output }
    : { output: await payloads.get(output) };
