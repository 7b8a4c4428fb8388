import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface ChatRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: readonly unknown[];
    readonly tools?: readonly unknown[];
    readonly response_format?: unknown;
  };
}
/** A response, no response, or half a response before the connection breaks. */
export type ChatServerReaction =
  | { readonly status: number; readonly body: unknown }
  | "no response"
  | "disconnect";

export interface ChatServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: ChatRequest[];
}

/** A chat completions API over HTTP. */
export async function startChatServer(
  react: (request: ChatRequest) => ChatServerReaction,
): Promise<ChatServer> {
  const requests: ChatRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const received: ChatRequest = {
        path: request.url ?? "",
        headers: request.headers,
        // GET requests have no body.
        body: JSON.parse(
          Buffer.concat(chunks).toString() || "{}",
        ) as ChatRequest["body"],
      };
      requests.push(received);
      const reaction = react(received);
      if (reaction === "no response") return;
      if (reaction === "disconnect") {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"choices": [', () => response.destroy());
        return;
      }
      response.writeHead(reaction.status, {
        "content-type": "application/json",
      });
      response.end(JSON.stringify(reaction.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** A chat completion with one choice. */
export const chatCompletion = (
  message: Readonly<Record<string, unknown>>,
  finishReason = "stop",
): ChatServerReaction => ({
  status: 200,
  body: {
    id: "completion-1",
    model: "test-model-2026",
    choices: [
      {
        index: 0,
        finish_reason: finishReason,
        message: { role: "assistant", content: null, ...message },
      },
    ],
    usage: {
      prompt_tokens: 12,
      completion_tokens: 5,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  },
});
