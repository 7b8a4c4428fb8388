import type { ServiceBusMessage, ServiceBusSender } from "@azure/service-bus";
import type { OutputValue } from "../output-values";

/** The message that carries what a function has put out. Text is sent as it is, and not as a JSON string. */
export const outputMessage = (value: OutputValue): ServiceBusMessage =>
  value.kind === "bytes"
    ? {
        body: Buffer.from(value.bytes),
        contentType: "application/octet-stream",
      }
    : {
        body: Buffer.from(value.text, "utf8"),
        contentType: value.kind === "json" ? "application/json" : "text/plain",
      };

/** Sends messages in their order, in as few batches as they fit in. */
export async function sendAll(
  sender: ServiceBusSender,
  messages: readonly ServiceBusMessage[],
): Promise<void> {
  const [only] = messages;
  if (only !== undefined && messages.length === 1)
    return sender.sendMessages(only);
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    // What does not fit in an empty batch is refused by the broker, which says how large it may be.
    if (!batch.tryAddMessage(message)) await sender.sendMessages(message);
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}
