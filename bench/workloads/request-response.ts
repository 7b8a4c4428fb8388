import { ServiceBusClient, type ServiceBusSender } from "@azure/service-bus";
import { percentile } from "../statistics";
import { timeMs, timeEachMs } from "../stopwatch";
import type { BrokerWorkload } from "../workload";

const sizes = {
  full: { messages: 1_000, alone: 100, warmUp: 50 },
  quick: { messages: 20, alone: 5, warmUp: 2 },
};

/** A workflow without work, so that the figures are those of the messages. */
const body = {
  definition: {
    name: "nothing",
    version: "1",
    steps: [
      { id: "nothing", kind: "tool", tool: "listDocuments", when: "false" },
    ],
  },
};

/** From a request message to its response, through a workflow without work: one at a time, and many concurrently. */
export const requestResponse: BrokerWorkload = async (
  connectionString,
  size,
) => {
  const client = new ServiceBusClient(connectionString);
  try {
    return await measureRequests(client, sizes[size]);
  } finally {
    await client.close();
  }
};

async function measureRequests(
  client: ServiceBusClient,
  { messages, alone, warmUp }: (typeof sizes)["full"],
) {
  const responses = createResponseReceiver(client);
  const sender = client.createSender("agent-requests");
  const request = async (id: string): Promise<void> => {
    const response = responses.to(id);
    await sender.sendMessages({ messageId: id, body });
    await response;
  };
  let count = 0;
  const one = () => request(`one-${(count += 1)}`);
  await timeEachMs(warmUp, one);
  const singleTimes = await timeEachMs(alone, one);
  const { times, seconds } = await requestAll(sender, responses, messages);
  return {
    messagesPerSecond: messages / seconds,
    p50Ms: percentile(singleTimes, 50),
    p99Ms: percentile(singleTimes, 99),
    loadedP50Ms: percentile(times, 50),
    loadedP99Ms: percentile(times, 99),
    messages,
  };
}

type Responses = ReturnType<typeof createResponseReceiver>;

/** Sends all requests before waiting: the times are those of a queue of that length. */
async function requestAll(
  sender: ServiceBusSender,
  responses: Responses,
  messages: number,
) {
  const ids = Array.from({ length: messages }, (_, n) => `many-${n}`);
  const start = performance.now();
  const times: number[] = [];
  const ms = await timeMs(async () => {
    const all = ids.map(async (id) => {
      await responses.to(id);
      times.push(performance.now() - start);
    });
    for (let from = 0; from < messages; from += 100)
      await sender.sendMessages(
        ids.slice(from, from + 100).map((messageId) => ({ messageId, body })),
      );
    await Promise.all(all);
  });
  return { times, seconds: ms / 1000 };
}

/** Receives continuously and matches responses to requests by their correlation id. */
function createResponseReceiver(client: ServiceBusClient) {
  const waiting = new Map<
    string,
    { readonly resolve: () => void; readonly reject: (error: Error) => void }
  >();
  const receiver = client.createReceiver("agent-responses", {
    receiveMode: "receiveAndDelete",
  });
  receiver.subscribe(
    {
      processMessage: ({ correlationId }) => {
        waiting.get(String(correlationId))?.resolve();
        return Promise.resolve();
      },
      processError: ({ error }) => {
        for (const { reject } of waiting.values()) reject(error);
        return Promise.resolve();
      },
    },
    { maxConcurrentCalls: 100 },
  );
  return {
    to: (id: string) =>
      new Promise<void>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
      }),
  };
}
