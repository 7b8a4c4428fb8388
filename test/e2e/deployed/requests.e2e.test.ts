import { ServiceBusClient } from "@azure/service-bus";
import { echoWorkflow } from "../../support/domain/echo-workflow";
import { startAos, appUnderTest } from "../../support/cli/aos-process";

appUnderTest.is = "deployed";

test("the package takes a request from a queue and answers it", async () => {
  await using cloud = await startAos();
  const client = new ServiceBusClient(
    /Endpoint=sb:\S+/.exec(cloud.output())?.[0] ?? "",
  );
  try {
    await client.createSender("agent-requests").sendMessages({
      messageId: "deployed",
      body: { definition: echoWorkflow, input: { say: "hello" } },
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
