/** What the app meets in tests of what it tells: a model of a provider, and a starter that has died. */
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
/** The reader is let read first; who says "xylophone" is refused, with a key in the answer. */
export function answerChatRequest({ body }: ChatRequest): ChatServerReaction {
  const said = JSON.stringify(body.messages);
  if (said.includes("xylophone"))
    return {
      status: 400,
      body: { error: { message: `No xylophone: api_key=${leakedSecret}` } },
    };
  if (said.includes("at length"))
    return chatCompletion({ content: "It goes on and on" }, "length");
  if (body.tools === undefined || said.includes('"tool"'))
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

/** A claim of a minute ago that nobody has started. */
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

/** What a span and the measures say of a call of the reader to the model at that address. */
export const expectedChatAttributes = (url: string) => ({
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-test",
  "gen_ai.agent.name": "reader",
  "server.address": "127.0.0.1",
  "server.port": Number(new URL(url).port),
});
