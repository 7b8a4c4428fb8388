import { ServiceBusClient } from "@azure/service-bus";
import { echo } from "../../support/echo";
import { startLocalCloud, testedApp } from "../../support/local-cloud";

testedApp.is = "deployed";

test("the package takes a request from a queue and answers it", async () => {
  await using cloud = await startLocalCloud();
  const client = new ServiceBusClient(
    /Endpoint=sb:\S+/.exec(cloud.output())?.[0] ?? "",
  );
  try {
    await client.createSender("agent-requests").sendMessages({
      messageId: "deployed",
      body: { definition: echo, input: { say: "hello" } },
    });
    const [answer] = await client
      .createReceiver("agent-responses")
      .receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    expect(answer).toMatchObject({
      applicationProperties: { workflow: "echo", status: "completed" },
      body: { status: "completed", output: { say: "hello" } },
    });
  } finally {
    await client.close();
  }
});
