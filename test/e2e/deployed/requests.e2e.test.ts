import { ServiceBusClient } from "@azure/service-bus";
import { echoWorkflow } from "../../support/domain/echo-workflow";
import {
  appUnderTest,
  readServiceBusConnectionString,
  startAos,
} from "../../support/cli/aos-process";

appUnderTest.kind = "deployed";

test("the package receives a request from the queue and sends the response", async () => {
  await using cloud = await startAos();
  const client = new ServiceBusClient(readServiceBusConnectionString(cloud));
  try {
    await client.createSender("agent-requests").sendMessages({
      // JSON text, which the Functions library would parse.
      messageId: "1e3",
      body: { definition: echoWorkflow, input: { say: "hello" } },
    });
    const [response] = await client
      .createReceiver("agent-responses")
      .receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    expect(response).toMatchObject({
      correlationId: "1e3",
      applicationProperties: { workflow: "echo", status: "completed" },
      body: { status: "completed", output: { say: "hello" } },
    });
  } finally {
    await client.close();
  }
});
