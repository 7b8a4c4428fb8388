import type { Storage } from "../src/history/ports";
import { lifecycleEvents } from "../src/messaging/lifecycle-event";
import type { Messaging, OutgoingMessage } from "../src/messaging/ports";
import {
  type Ended,
  outputLimitBytes,
  responseMessage,
} from "../src/messaging/response";
import type { FinishInput } from "../src/model/contracts";
import type { HistoryRow } from "../src/model/history";
import { historyRow } from "../src/model/history-rows";
import { isRef, type Payload } from "../src/model/payload";
import { renderLoaded } from "./load-scope";
import { tellEnd, tellFailedSteps } from "../src/telemetry/ends";
import type { Log } from "../src/telemetry/log";
import { recordTurns } from "../src/telemetry/turns";
import type { Services } from "./services";
import { tell } from "./tell";

/**
 * Writes the end of an orchestration: what it gave, then its history, then its summary, which is what others go by. Only
 * then it is told: the response and the event never speak of an end that is not written. Every part has its own key,
 * and every message its own id, so that after a crash in between all of it is done again and comes out the same.
 */
export const finishOrchestration =
  ({ storage, messaging }: Pick<Services, "storage" | "messaging">) =>
  async (input: FinishInput, log: Log): Promise<Payload> => {
    const { orchestrationId, at, rows, usage, result, about } = input;
    const { history, orchestrations, payloads } = storage();
    const output = await outputOf(input, { payloads });
    const written = [...rows, finalRow(input)];
    const added = await history.append(orchestrationId, written);
    recordTurns(orchestrationId, { rows, added }, about?.traceparent);
    tellFailedSteps(log, orchestrationId, added);
    const isFirst = await orchestrations.update(orchestrationId, {
      status: result.status,
      updatedAt: at,
      endedAt: at,
      usage,
      ...(result.status === "completed" ? { output } : { error: result.error }),
    });
    if (isFirst)
      tellEnd(log, {
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
    await renderLoaded(outputTemplate, scope, payloads),
  );
}

const finalRow = ({ at, usage, result }: FinishInput): HistoryRow =>
  historyRow({
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
  rows: readonly HistoryRow[],
  output: Payload,
  { messaging, storage, log }: Telling,
): Promise<void> {
  const { history, payloads } = storage;
  const { orchestrationId, at, about, reply } = input;
  // Of an orchestration that an earlier version of AOS started nothing is known that could be told.
  if (about === undefined) return;
  const messages: OutgoingMessage[] = [
    ...lifecycleEvents(orchestrationId, rows, about),
  ];
  if (reply !== undefined) {
    const ended = await endedOf({ ...input, about }, output, { payloads });
    messages.push(responseMessage(ended, reply));
  }
  await tell(messages, { orchestrationId, at }, { messaging, history, log });
}

async function endedOf(
  input: FinishInput & Pick<Ended, "about">,
  output: Payload,
  { payloads }: Pick<Storage, "payloads">,
): Promise<Ended> {
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
): Promise<Pick<Ended, "output" | "outputRef">> =>
  isRef(output) && output.bytes > outputLimitBytes
    ? { outputRef: output }
    : { output: await payloads.get(output) };
