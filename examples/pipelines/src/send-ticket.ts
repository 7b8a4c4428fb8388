// Sends a request message and prints the response: node dist/send-ticket.js "<connection string>"
import { randomUUID } from "node:crypto";
import { ServiceBusClient } from "@azure/service-bus";

async function sendTicket(connectionString: string): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  // The message id is the idempotency key: a message that is sent twice starts one orchestration.
  const messageId = randomUUID();
  await client.createSender("agent-requests").sendMessages({
    messageId,
    body: {
      workflow: "triage-ticket",
      input: { customer: "contoso", text: "Our shop is down." },
    },
  });
  const receiver = client.createReceiver("agent-responses");
  for await (const message of receiver.getMessageIterator()) {
    if (message.correlationId !== messageId) continue;
    await receiver.completeMessage(message);
    console.log(JSON.stringify(message.body, null, 2));
    break;
  }
  await client.close();
}

const [, , connectionString] = process.argv;
if (connectionString === undefined) {
  console.error("Give the connection string that aos dev prints as Bus.");
  process.exitCode = 1;
} else void sendTicket(connectionString);
