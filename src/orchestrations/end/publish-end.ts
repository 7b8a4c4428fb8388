/** Publishes the end of an orchestration. Everything is derived from the row, whose end never changes. */
import type {
  OrchestrationMetadata,
  ReplyAddress,
} from "../../domain/contracts";
import { AosError } from "../../domain/errors";
import { createEvent } from "../../domain/history/create-event";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import { isTerminalStatus } from "../../domain/history/terminal-status";
import { omitUndefined } from "../../domain/omit-undefined";
import { isPayloadRef, type Payload } from "../../domain/payload";
import { noUsage } from "../../domain/usage";
import { buildLifecycleEvents } from "../../messaging/out/lifecycle-events";
import { publishMessages } from "../../messaging/out/publish-messages";
import {
  buildResponseMessage,
  type EndedOrchestration,
  maxInlineOutputBytes,
} from "../../messaging/out/response-message";
import type { Messaging } from "../../messaging/ports";
import type { PayloadStore, Storage } from "../../storage/ports";
import type { Log } from "../../telemetry/log/log-event";

/** The end as it is stored in the row. */
export interface RecordedEnd extends Pick<
  EndedOrchestration,
  "status" | "usage" | "endedAt" | "error"
> {
  readonly output?: Payload;
}

export async function readRecordedEnd(
  id: string,
  { orchestrations }: Storage,
): Promise<RecordedEnd> {
  const summary = (await orchestrations.find(id))?.summary;
  if (summary === undefined || !isTerminalStatus(summary.status))
    throw new AosError(
      "internal_error",
      `The row of orchestration "${id}" has no end.`,
    );
  const { status, usage = noUsage, endedAt, updatedAt, error } = summary;
  return {
    status: status as RecordedEnd["status"],
    usage,
    endedAt: endedAt ?? updatedAt,
    ...omitUndefined({
      error,
      output:
        status === "completed" ? await orchestrations.output(id) : undefined,
    }),
  };
}

export const toEndEvent = ({
  status,
  endedAt,
  usage,
  error,
}: RecordedEnd): OrchestrationEvent =>
  createEvent({
    type: `orchestration.${status}`,
    at: endedAt,
    data: {
      usage: { ...usage },
      ...(error !== undefined && {
        error: { code: error.code, message: error.message },
      }),
    },
  });

interface EndedRun {
  readonly id: string;
  readonly metadata: OrchestrationMetadata;
  readonly reply: ReplyAddress | undefined;
  readonly startedAt: string;
  /** Events that are published if they are lifecycle events. */
  readonly events: readonly OrchestrationEvent[];
}

export interface PublishDependencies {
  readonly storage: Storage;
  /** Undefined if Service Bus is not configured. */
  readonly messaging: () => Messaging | undefined;
  readonly log: Log;
}

/** The ids of the messages are deterministic: the broker drops the repetitions of several attempts. */
export async function publishEnd(
  run: EndedRun,
  end: RecordedEnd,
  { storage, messaging, log }: PublishDependencies,
): Promise<void> {
  const serviceBus = messaging();
  if (serviceBus === undefined) return;
  const { id, metadata, reply, startedAt, events } = run;
  const messages = [...buildLifecycleEvents(id, events, metadata)];
  if (reply !== undefined) {
    const { output, ...rest } = end;
    const content = await toResponseOutput(output, storage.payloads);
    const ended = { id, metadata, startedAt, ...rest, ...content };
    messages.push(buildResponseMessage(ended, reply));
  }
  await publishMessages(
    messages,
    { orchestrationId: id, at: end.endedAt },
    { messaging: serviceBus, history: storage.history, log },
  );
}

/** A message can contain a larger value than a table row. */
async function toResponseOutput(
  output: Payload | undefined,
  payloads: PayloadStore,
): Promise<Pick<EndedOrchestration, "output" | "outputRef">> {
  if (output === undefined) return {};
  return isPayloadRef(output) && output.bytes > maxInlineOutputBytes
    ? { outputRef: output }
    : { output: await payloads.get(output) };
}
