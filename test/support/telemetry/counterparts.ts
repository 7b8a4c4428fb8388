import { openStorage } from "../../../src/storage/open-storage";
import type { WorkflowInput } from "../../../src/domain/contracts";
import type { Json } from "../../../src/domain/payload";
import {
  type ChatRequest,
  chatCompletion,
  type ChatServerReaction,
} from "../models/chat-server";
import { newClaim } from "../../contracts/storage.contract";
import { echoWorkflow } from "../domain/echo-workflow";

const documentName = "contract-office-lease.txt";
export const leakedSecret = "hunter2hunter2";
/** Asks for a document first, then answers. Refuses a prompt that contains "xylophone" with an error that quotes a key. */
export function answerChatRequest({ body }: ChatRequest): ChatServerReaction {
  const conversation = JSON.stringify(body.messages);
  if (conversation.includes("xylophone"))
    return {
      status: 400,
      body: { error: { message: `No xylophone: api_key=${leakedSecret}` } },
    };
  if (conversation.includes("at length"))
    return chatCompletion({ content: "A long answer" }, "length");
  if (body.tools === undefined || conversation.includes('"tool"'))
    return chatCompletion({
      content: JSON.stringify({
        document: documentName,
        findings: ["f"],
        summary: "s",
      }),
    });
  const read = {
    name: "readDocument",
    arguments: JSON.stringify({ name: documentName }),
  };
  const call = { id: "call-7", type: "function", function: read };
  return chatCompletion({ tool_calls: [call] }, "tool_calls");
}

/** Creates a claim that is a minute old and whose orchestration was never started. */
export async function createAbandonedClaim(
  connectionString: string,
  id: string,
): Promise<void> {
  const { orchestrations, payloads } = openStorage({ connectionString });
  const input: WorkflowInput = {
    orchestrationId: id,
    definition: echoWorkflow as WorkflowInput["definition"],
    agents: {},
    input: { value: {} },
  };
  const at = new Date(Date.now() - 60_000).toISOString();
  await orchestrations.claim({
    ...newClaim(id, {
      workflow: echoWorkflow.name,
      createdAt: at,
      updatedAt: at,
    }),
    start: await payloads.put(id, input as unknown as Json),
    claimedAt: at,
  });
}

/** The attributes that spans and metrics of the reader's model calls share. */
export const expectedChatAttributes = (url: string) => ({
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-test",
  "gen_ai.agent.name": "reader",
  "server.address": "127.0.0.1",
  "server.port": Number(new URL(url).port),
});
