import type {
  LanguageModel,
  ModelRequest,
} from "../../../src/models/language-model";
import {
  azureOpenAiModel,
  openAiModel,
} from "../../../src/models/openai/openai-model";
import {
  chatCompletion,
  type ChatServerReaction,
  startChatServer,
} from "../../support/models/chat-server";

const question: ModelRequest = {
  agent: "tenant",
  instructions: "You are brief.",
  messages: [{ role: "user", text: "What is due?" }],
  tools: [],
};
const signal = new AbortController().signal;

/** The error of a model call to a server with this reaction, and the number of requests that it received. */
async function failedCall(reaction: ChatServerReaction, timeoutMs = 5_000) {
  await using server = await startChatServer(() => reaction);
  const model = openAiModel({ model: "m", baseUrl: server.url });
  const failure: unknown = await model
    .complete(question, AbortSignal.timeout(timeoutMs))
    .catch((thrown: unknown) => thrown);
  return { failure, requests: server.requests.length };
}

describe("openAiModel", () => {
  test("sends instructions, messages, tools and output schema, and reads tool calls", async () => {
    await using server = await startChatServer(() =>
      chatCompletion(
        {
          tool_calls: [
            call("call-7", "readDocument", '{"name":"a.txt"}'),
            call("call-8", "listDocuments", ""),
            call("", "readDocument", "{not json"),
          ],
        },
        "tool_calls",
      ),
    );
    const model = openAiModel({
      model: "m",
      baseUrl: `${server.url}/v1/`,
    });
    const answer = await model.complete(
      {
        ...question,
        model: "special",
        messages: [
          ...question.messages,
          {
            role: "assistant",
            text: "",
            toolCalls: [{ id: "c1", name: "x", arguments: { a: 1 } }],
          },
          { role: "tool", callId: "c1", name: "x", result: { b: 2 } },
        ],
        tools: [
          { name: "x", description: "does x", parameters: { type: "object" } },
        ],
        outputSchema: { type: "object" },
      },
      signal,
    );

    expect(answer).toEqual({
      text: "",
      toolCalls: [
        { id: "call-7", name: "readDocument", arguments: { name: "a.txt" } },
        { id: "call-8", name: "listDocuments", arguments: {} },
        { id: "call-1-2", name: "readDocument", arguments: undefined },
      ],
      inputTokens: 12,
      outputTokens: 5,
      model: "test-model-2026",
      finishReason: "tool_calls",
      id: "completion-1",
      cachedInputTokens: 4,
      reasoningTokens: 2,
    });
    const { port } = new URL(server.url);
    expect(model.server).toEqual({ address: "127.0.0.1", port: Number(port) });
    expect([
      model.resolveModelName(undefined),
      model.resolveModelName("own"),
    ]).toEqual(["m", "own"]);
    expect(server.requests[0]?.path).toBe("/v1/chat/completions");
    expect(server.requests[0]?.body).toEqual({
      model: "special",
      messages: [
        { role: "system", content: "You are brief." },
        { role: "user", content: "What is due?" },
        {
          role: "assistant",
          content: "",
          tool_calls: [
            {
              id: "c1",
              type: "function",
              function: { name: "x", arguments: '{"a":1}' },
            },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: '{"b":2}' },
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "x",
            description: "does x",
            parameters: { type: "object" },
          },
        },
      ],
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema: { type: "object" } },
      },
    });
  });

  test.each<[string, ChatServerReaction]>([
    ["throttling", apiError(429)],
    ["a server error", apiError(500)],
    ["an overloaded server", apiError(503)],
    ["a connection that breaks within the response", "disconnect"],
  ])(
    "reports %s as model_unavailable and does not retry",
    async (_, reaction) => {
      const { failure, requests } = await failedCall(reaction);
      expect(failure).toMatchObject({ code: "model_unavailable" });
      expect(requests).toBe(1);
    },
  );

  test.each<[string, ChatServerReaction, RegExp]>([
    ["a wrong key", apiError(401), /Check the key/],
    ["an unknown model", apiError(404), /name of the model/],
    ["a bad request", apiError(400), /went wrong/],
    ["a used-up quota", apiError(429, "insufficient_quota"), /went wrong/],
    [
      "a body that is not a completion",
      { status: 200, body: {} },
      /did not return/,
    ],
    ["a refusal", chatCompletion({ refusal: "I will not." }), /I will not/],
    [
      "a response cut at its token limit",
      chatCompletion({ content: "It is d" }, "length"),
      /token limit/,
    ],
  ])("reports %s as model_failed", async (_, reaction, message) => {
    const { failure } = await failedCall(reaction);
    expect(failure).toMatchObject({
      code: "model_failed",
      message: expect.stringMatching(message) as string,
    });
  });

  test("reports a server that does not respond or is not running as model_unavailable", async () => {
    const { failure } = await failedCall("no response", 50);
    expect(failure).toMatchObject({ code: "model_unavailable" });

    const server = await startChatServer(() => "no response");
    await server[Symbol.asyncDispose]();
    const model = openAiModel({
      model: "m",
      baseUrl: server.url,
    });
    await expect(model.complete(question, signal)).rejects.toMatchObject({
      code: "model_unavailable",
      message: expect.stringContaining("could not be reached") as string,
    });
  });

  test("aborts the request when the signal of the call aborts", async () => {
    const cancel = new AbortController();
    await using server = await startChatServer(() => {
      cancel.abort();
      return "no response";
    });
    const model = openAiModel({
      model: "m",
      baseUrl: server.url,
    });
    await expect(model.complete(question, cancel.signal)).rejects.toMatchObject(
      { code: "model_unavailable" },
    );
  });
});

describe("the check of openAiModel", () => {
  /** Returns whether the check succeeds when the list of models has this status. */
  async function check(status: number): Promise<boolean> {
    await using server = await startChatServer(() => ({
      status,
      body: status === 200 ? { data: [] } : { error: { message: "No" } },
    }));
    const model = openAiModel({
      model: "m",
      baseUrl: server.url,
    });
    return await model.check().then(
      () => true,
      () => false,
    );
  }

  test.each([
    ["", 200],
    [" because the server has no list of models", 404],
    [" because a throttled client is authorized", 429],
  ])("succeeds%s when the server returns %i", async (_, status) => {
    expect(await check(status)).toBe(true);
  });

  test.each([401, 403, 500])(
    "fails when the server returns %i",
    async (status) => {
      expect(await check(status)).toBe(false);
    },
  );
});

describe("azureOpenAiModel", () => {
  test("calls the deployment with the key in the api-key header", async () => {
    await using server = await startChatServer(() =>
      chatCompletion({ content: "Rent." }),
    );
    const model: LanguageModel = azureOpenAiModel({
      endpoint: `${server.url}/`,
      deployment: "gpt-small",
      apiKey: "secret",
      apiVersion: "2024-10-21",
    });
    const answer = await model.complete(question, signal);

    expect(answer.text).toBe("Rent.");
    expect(model.provider).toBe("azure-openai");
    expect(server.requests[0]?.path).toBe(
      "/openai/deployments/gpt-small/chat/completions?api-version=2024-10-21",
    );
    expect(server.requests[0]?.headers["api-key"]).toBe("secret");
  });

  test("lists the models with the same key to check access", async () => {
    const statuses = [200, 404];
    await using server = await startChatServer(() => ({
      status: statuses.shift() ?? 500,
      body: { data: [] },
    }));
    const model = azureOpenAiModel({
      endpoint: server.url,
      deployment: "gpt-small",
      apiKey: "secret",
      apiVersion: "2024-10-21",
    });
    await model.check();
    expect(server.requests[0]).toMatchObject({
      path: "/openai/models?api-version=2024-10-21",
      headers: { "api-key": "secret" },
    });
    // Azure OpenAI always has the list: a 404 means that the endpoint is wrong.
    await expect(model.check()).rejects.toMatchObject({ code: "model_failed" });
  });
});

const call = (id: string, name: string, text: string) => ({
  id,
  type: "function",
  function: { name, arguments: text },
});

function apiError(status: number, code = "oops"): ChatServerReaction {
  return { status, body: { error: { message: "It went wrong", code } } };
}
