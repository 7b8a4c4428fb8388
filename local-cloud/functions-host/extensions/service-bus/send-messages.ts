import type {
  ServiceBusMessage,
  ServiceBusMessageBatch,
  ServiceBusSender,
} from "@azure/service-bus";
import { withTimeout } from "../../../shared/timeout/with-timeout";
import type { OutputMessage } from "../../core/output-messages";

/** Converts an output of a function. The body is always bytes: the client would encode a string as JSON. */
export const toServiceBusMessage = (
  output: OutputMessage,
): ServiceBusMessage =>
  output.kind === "bytes"
    ? {
        body: Buffer.from(output.bytes),
        contentType: "application/octet-stream",
      }
    : {
        body: Buffer.from(output.text, "utf8"),
        contentType: output.kind === "json" ? "application/json" : "text/plain",
      };

/**
 * Sends messages in order, in as few batches as possible. Throws `TimeoutError` when one operation takes longer than
 * `limitMs`.
 */
export async function sendOutputMessages(
  sender: ServiceBusSender,
  messages: readonly ServiceBusMessage[],
  limitMs: number,
): Promise<void> {
  const send = (
    content: ServiceBusMessage | ServiceBusMessageBatch,
  ): Promise<void> => withTimeout(sender.sendMessages(content), limitMs);
  const createBatch = (): Promise<ServiceBusMessageBatch> =>
    withTimeout(sender.createMessageBatch(), limitMs);
  const [first] = messages;
  if (first !== undefined && messages.length === 1) return send(first);
  let batch = await createBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) await send(batch);
    batch = await createBatch();
    // The broker rejects a message that does not fit in an empty batch, with an error that contains the limit.
    if (!batch.tryAddMessage(message)) await send(message);
  }
  if (batch.count > 0) await send(batch);
}
