import { ServiceBusClient } from "@azure/service-bus";
import { printLine } from "azure-local-cloud/cli";

/** The demo failed. The message is one sentence for users. */
export class DemoError extends Error {
  override readonly name = "DemoError";
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
interface ResponseBody {
  readonly status: string;
  readonly output?: {
    readonly summary: string;
    readonly findings: readonly string[];
  };
  readonly error?: { readonly message: string };
}

const timeoutMs = 60_000;

/** Starts an orchestration with a request message and prints the response message. */
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
    const [response] = await client
      .createReceiver("agent-responses", { receiveMode: "receiveAndDelete" })
      .receiveMessages(1, { maxWaitTimeInMs: timeoutMs });
    if (response === undefined)
      throw new DemoError(
        `No response arrived in agent-responses within ${timeoutMs / 1000} s.`,
      );
    const { status, output, error } = response.body as ResponseBody;
    if (output === undefined)
      throw new DemoError(
        `The request by message ended as ${status}: ${error?.message ?? "no reason was given"}`,
      );
    printLine(
      `Response in agent-responses after ${Date.now() - sentAt} ms, for request ${String(response.correlationId)}: ${status}`,
    );
    for (const line of [output.summary, ...output.findings])
      printLine(`  ${line}`);
  } finally {
    await client.close();
  }
}
