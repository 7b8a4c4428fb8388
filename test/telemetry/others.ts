/** What the app meets in tests of what it tells: a model of a provider, and a starter that has died. */
import { openStorage } from "../../src/history/storage";
import type { WorkflowInput } from "../../src/model/contracts";
import type { Json } from "../../src/model/payload";
import {
  type ChatRequest,
  completion,
  type Reaction,
} from "../agents/chat-server";
import { claimOf } from "../contracts/storage.contract";
import { echo } from "../support/echo";

const documentName = "contract-office-lease.txt";
export const secret = "hunter2hunter2";
/** The reader is let read first; who says "xylophone" is refused, with a key in the answer. */
export function answer({ body }: ChatRequest): Reaction {
  const said = JSON.stringify(body.messages);
  if (said.includes("xylophone"))
    return {
      status: 400,
      body: { error: { message: `No xylophone: api_key=${secret}` } },
    };
  if (said.includes("at length"))
    return completion({ content: "It goes on and on" }, "length");
  if (body.tools === undefined || said.includes('"tool"'))
    return completion({
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
  return completion({ tool_calls: [call] }, "tool_calls");
}

/** A claim of a minute ago that nobody has started. */
export async function leaveClaim(
  connectionString: string,
  id: string,
): Promise<void> {
  const { orchestrations, payloads } = openStorage({ connectionString });
  const input: WorkflowInput = {
    orchestrationId: id,
    definition: echo as WorkflowInput["definition"],
    agents: {},
    input: { value: {} },
  };
  const at = new Date(Date.now() - 60_000).toISOString();
  await orchestrations.claim({
    ...claimOf(id, { workflow: echo.name, createdAt: at, updatedAt: at }),
    start: await payloads.put(id, input as unknown as Json),
    claimedAt: at,
  });
}

/** What a span and the measures say of a call of the reader to the model at that address. */
export const askedAt = (url: string) => ({
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-test",
  "gen_ai.agent.name": "reader",
  "server.address": "127.0.0.1",
  "server.port": Number(new URL(url).port),
});
