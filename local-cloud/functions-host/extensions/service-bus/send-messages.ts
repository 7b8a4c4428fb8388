import type {
  ServiceBusMessage,
  ServiceBusMessageBatch,
  ServiceBusSender,
} from "@azure/service-bus";
import type { OutputMessage } from "../../core/output-messages";
import {
  withTimeout,
  TimeoutError,
} from "../../../shared/timeout/with-timeout";

/** The message that carries what a function has put out. Text is sent as it is, and not as a JSON string. */
export const toServiceBusMessage = (value: OutputMessage): ServiceBusMessage =>
  value.kind === "bytes"
    ? {
        body: Buffer.from(value.bytes),
        contentType: "application/octet-stream",
      }
    : {
        body: Buffer.from(value.text, "utf8"),
        contentType: value.kind === "json" ? "application/json" : "text/plain",
      };

/**
 * Sends messages in their order, in as few batches as they fit in. Throws `NoAnswerError` when one of these takes longer
 * than `limitMs`.
 */
export async function sendOutputMessages(
  sender: ServiceBusSender,
  messages: readonly ServiceBusMessage[],
  limitMs: number,
): Promise<void> {
  const send = async (
    what: ServiceBusMessage | ServiceBusMessageBatch,
  ): Promise<void> => {
    await withTimeout(sender.sendMessages(what), limitMs);
  };
  const [only] = messages;
  if (only !== undefined && messages.length === 1) return send(only);
  let batch = await newBatch(sender, limitMs);
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) await send(batch);
    batch = await newBatch(sender, limitMs);
    // What does not fit in an empty batch is refused by the broker, which says how large it may be.
    if (!batch.tryAddMessage(message)) await send(message);
  }
  if (batch.count > 0) await send(batch);
}

async function newBatch(
  sender: ServiceBusSender,
  limitMs: number,
): Promise<ServiceBusMessageBatch> {
  const batch = await withTimeout(sender.createMessageBatch(), limitMs);
  if (batch === undefined) throw new TimeoutError(limitMs);
  return batch;
}
