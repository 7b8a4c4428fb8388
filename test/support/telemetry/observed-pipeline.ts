import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { startAzurite } from "../../../local-cloud/test/support/storage/azurite";
import type { OrchestrationView } from "../../../src/http/views/orchestration-view";
import { createApiClient, pollUntil } from "../http/api-client";
import { echoWorkflow } from "../domain/echo-workflow";
import { startTestBroker } from "../messaging/test-broker";
import { startChatServer } from "../models/chat-server";
import { createAbandonedClaim } from "./abandoned-claim";
import { answerChatRequest } from "./reader-chat";
import {
  type ExportedSpan,
  parseLogEvents,
  readOrchestrationSpans,
  readPoints,
  startObservedHost,
} from "./observed-host";

/** An observed host with storage, a broker and a chat server that the test can access. */
export async function startObservedPipeline(folder: string) {
  const file = join(folder, "telemetry");
  const azurite = await startAzurite();
  const broker = await startTestBroker();
  const chat = await startChatServer(answerChatRequest);
  const host = await startObservedHost(join(folder, "data"), file, {
    AzureWebJobsStorage: azurite.connectionString,
    AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    AOS_MODEL_PROVIDER: "openai",
    OPENAI_BASE_URL: chat.url,
    OPENAI_MODEL: "gpt-test",
  });

  const waitForEnd = async (id: string): Promise<OrchestrationView> => {
    const { body } = await pollUntil(
      () => createApiClient(host.url).status(id, "20s"),
      ({ body }) => body.status === "completed" || body.status === "failed",
    );
    return body;
  };
  const readLogEvents = () => parseLogEvents(host.output());
  const waitForLogEvent = (name: string) =>
    pollUntil(
      () => Promise.resolve(readLogEvents()),
      (events) => events.some(({ event }) => event === name),
    );
  return {
    chatUrl: chat.url,
    host,
    readMetric: (metric: string) => readPoints(file, metric),
    readLogEvents,
    readLogEventsOf: (id: string) =>
      readLogEvents().filter((event) => event["orchestrationId"] === id),
    waitForEnd,
    /** Runs a workflow with the id and one step to its end and returns its spans. */
    async runStep(id: string, step: object): Promise<readonly ExportedSpan[]> {
      const steps = [{ id: "s", ...step }];
      const definition = { name: id, version: "1", steps };
      await createApiClient(host.url).start({ id, definition });
      await waitForEnd(id);
      return pollUntil(
        () => Promise.resolve(readOrchestrationSpans(file, id)),
        (spans) => spans.some(({ name }) => name === "finishOrchestration"),
      );
    },
    /** Creates an abandoned claim, invokes the sweeper and waits for the end of the orchestration. */
    async sweepAbandonedClaim(id: string): Promise<void> {
      await createAbandonedClaim(azurite.connectionString, id);
      await fetch(`${host.url}/admin/functions/sweepClaims`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      await waitForEnd(id);
    },
    /** Starts `ids` by messages of one session, sends an invalid message after them, and waits for all outcomes. */
    async runSession(
      ids: readonly string[],
      invalidMessageId: string,
    ): Promise<void> {
      const client = new ServiceBusClient(broker.connectionString);
      const sender = client.createSender("agent-session-requests");
      const send = (messageId: string, body: unknown) =>
        sender.sendMessages({ body, messageId, sessionId: "talk" });
      for (const id of ids) await send(id, { id, definition: echoWorkflow });
      await send(invalidMessageId, { xylophone: 1 });
      await Promise.all(ids.map(waitForEnd));
      await client.close();
      await waitForLogEvent("message.rejected");
    },
    async stop(): Promise<void> {
      await host.stop();
      await chat[Symbol.asyncDispose]();
      await broker.stop();
      await azurite.stop();
    },
  };
}
export type ObservedPipeline = Awaited<
  ReturnType<typeof startObservedPipeline>
>;
