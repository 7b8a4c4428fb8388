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
  instructions: "You are brief.",
  messages: [{ role: "user", text: "What is due?" }],
  tools: [],
};
const never = new AbortController().signal;

/** The code and message with which a question to a server that reacts like this fails. */
async function failureOn(reaction: ChatServerReaction, timeoutMs = 5_000) {
  await using server = await startChatServer(() => reaction);
  const model = openAiModel({ model: "m", baseUrl: server.url, timeoutMs });
  const failure: unknown = await model
    .complete(question, never)
    .catch((thrown: unknown) => thrown);
  return { failure, asked: server.requests.length };
}

describe("openAiModel", () => {
  test("asks with instructions, conversation, tools and schema, and reads tool calls", async () => {
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
    const model = openAiModel({ model: "m", baseUrl: `${server.url}/v1/` });
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
      never,
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
    ["a connection lost inside the answer", "break off"],
  ])("calls %s unavailable, and asks only once", async (_, reaction) => {
    const { failure, asked } = await failureOn(reaction);
    expect(failure).toMatchObject({ code: "model_unavailable" });
    expect(asked).toBe(1);
  });

  test.each<[string, ChatServerReaction, RegExp]>([
    ["a wrong key", apiError(401), /Check the key/],
    ["an unknown model", apiError(404), /name of the model/],
    ["a bad request", apiError(400), /went wrong/],
    ["a used-up quota", apiError(429, "insufficient_quota"), /went wrong/],
    ["something else than a completion", { status: 200, body: {} }, /sent no/],
    ["a refusal", chatCompletion({ refusal: "I will not." }), /I will not/],
    [
      "an answer cut at its limit",
      chatCompletion({ content: "It is d" }, "length"),
      /token limit/,
    ],
  ])("calls %s a failure", async (_, reaction, message) => {
    const { failure } = await failureOn(reaction);
    expect(failure).toMatchObject({
      code: "model_failed",
      message: expect.stringMatching(message) as string,
    });
  });

  test("calls a server that stays silent or is not there unavailable", async () => {
    const { failure } = await failureOn("silence", 50);
    expect(failure).toMatchObject({ code: "model_unavailable" });

    const server = await startChatServer(() => "silence");
    await server[Symbol.asyncDispose]();
    const model = openAiModel({ model: "m", baseUrl: server.url });
    await expect(model.complete(question, never)).rejects.toMatchObject({
      code: "model_unavailable",
      message: expect.stringContaining("could not be reached") as string,
    });
  });

  test("stops asking when it is cancelled", async () => {
    const cancel = new AbortController();
    await using server = await startChatServer(() => {
      cancel.abort();
      return "silence";
    });
    const model = openAiModel({ model: "m", baseUrl: server.url });
    await expect(model.complete(question, cancel.signal)).rejects.toMatchObject(
      { code: "model_unavailable" },
    );
  });
});

describe("the check of a server of one's own", () => {
  test.each([
    [200, true],
    [404, true], // it has no list, which nobody promised
    [429, true], // it knows us, and is busy
    [401, false],
    [403, false],
    [500, false],
  ])("that answers %i", async (status, isGood) => {
    await using server = await startChatServer(() => ({
      status,
      body: status === 200 ? { data: [] } : { error: { message: "No" } },
    }));
    const model = openAiModel({ model: "m", baseUrl: server.url });
    const told = model.check().then(
      () => true,
      () => false,
    );
    expect(await told).toBe(isGood);
  });
});

describe("azureOpenAiModel", () => {
  test("asks the deployment, with the key in Azure's header", async () => {
    await using server = await startChatServer(() =>
      chatCompletion({ content: "Rent." }),
    );
    const model: LanguageModel = azureOpenAiModel({
      endpoint: `${server.url}/`,
      deployment: "gpt-small",
      apiKey: "secret",
    });
    const answer = await model.complete(question, never);

    expect(answer.text).toBe("Rent.");
    expect(model.provider).toBe("azure-openai");
    expect(server.requests[0]?.path).toBe(
      "/openai/deployments/gpt-small/chat/completions?api-version=2024-10-21",
    );
    expect(server.requests[0]?.headers["api-key"]).toBe("secret");
  });

  test("is checked by the list of models, with the same key", async () => {
    const statuses = [200, 404];
    await using server = await startChatServer(() => ({
      status: statuses.shift() ?? 500,
      body: { data: [] },
    }));
    const model = azureOpenAiModel({
      endpoint: server.url,
      deployment: "gpt-small",
      apiKey: "secret",
    });
    await model.check();
    expect(server.requests[0]).toMatchObject({
      path: "/openai/models?api-version=2024-10-21",
      headers: { "api-key": "secret" },
    });
    // Azure has the list: without it, the endpoint is another one.
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
