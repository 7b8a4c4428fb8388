import { ServiceBusClient } from "@azure/service-bus";
import { printLine } from "azure-local-cloud";

/** The demo did not come to the end that it was to show. */
export class DemoError extends Error {
  readonly code = "demo_failed";
}

const document = "contract-office-lease.txt";
const request = {
  definition: {
    name: "read-one-document",
    version: "1",
    steps: [
      {
        id: "read",
        kind: "agent",
        agent: "reader",
        prompt: `${document}\n\nRead this document and give its findings.`,
      },
    ],
  },
};
interface Response {
  readonly status: string;
  readonly output?: {
    readonly summary: string;
    readonly findings: readonly string[];
  };
  readonly error?: { readonly message: string };
}

const patienceMs = 60_000;

/** Starts an orchestration by a message, and shows the message that answers it. */
export async function runDemoByMessage(
  connectionString: string,
): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  try {
    const messageId = "demo-1";
    printLine(
      `\nThe same by message: to agent-requests, with the id ${messageId}`,
    );
    printLine(`  read ${document} with the agent reader\n`);
    const sentAt = Date.now();
    await client
      .createSender("agent-requests")
      .sendMessages({ messageId, body: request });
    const [answer] = await client
      .createReceiver("agent-responses", { receiveMode: "receiveAndDelete" })
      .receiveMessages(1, { maxWaitTimeInMs: patienceMs });
    if (answer === undefined)
      throw new DemoError(
        `Nothing came back from agent-responses within ${patienceMs / 1000} s.`,
      );
    const { status, output, error } = answer.body as Response;
    if (output === undefined)
      throw new DemoError(
        `The request by message ended as ${status}: ${error?.message ?? "no reason was given"}`,
      );
    printLine(
      `From agent-responses, ${Date.now() - sentAt} ms later, in answer to ${String(answer.correlationId)}: ${status}`,
    );
    for (const line of [output.summary, ...output.findings])
      printLine(`  ${line}`);
  } finally {
    await client.close();
  }
}
