import { join } from "node:path";
import { startAzurite } from "../../../local-cloud/test/support/storage/azurite";
import type { OrchestrationView } from "../../../src/http/views/orchestration-view";
import { createApiClient, pollUntil } from "../http/api-client";
import { startTestBroker } from "../messaging/test-broker";
import { startChatServer } from "../models/chat-server";
import { answerChatRequest } from "./counterparts";
import {
  type ExportedSpan,
  parseLogEvents,
  readOrchestrationSpans,
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
  return {
    file,
    azurite,
    broker,
    chat,
    host,
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
    readLogEvents: (id: string) =>
      parseLogEvents(host.output()).filter(
        (event) => event["orchestrationId"] === id,
      ),
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
