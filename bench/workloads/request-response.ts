import { ServiceBusClient, type ServiceBusSender } from "@azure/service-bus";
import { percentile } from "../statistics";
import { timeMs, timeEachMs } from "../stopwatch";
import type { BrokerWorkload } from "../workload";

const sizes = {
  full: { messages: 1_000, sequential: 100, warmUp: 50 },
  quick: { messages: 20, sequential: 5, warmUp: 2 },
};

/** A workflow whose only step is skipped, so that the results show the cost of the messages. */
const body = {
  definition: {
    name: "nothing",
    version: "1",
    steps: [
      { id: "nothing", kind: "tool", tool: "listDocuments", when: "false" },
    ],
  },
};

/** Time from sending a request message to receiving its response: first one request at a time, then many together. */
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
  { messages, sequential, warmUp }: (typeof sizes)["full"],
) {
  const responses = createResponseReceiver(client);
  const sender = client.createSender("agent-requests");
  const request = async (id: string): Promise<void> => {
    const response = responses.waitFor(id);
    await sender.sendMessages({ messageId: id, body });
    await response;
  };
  let count = 0;
  const sendOne = () => request(`one-${(count += 1)}`);
  await timeEachMs(warmUp, sendOne);
  const singleTimes = await timeEachMs(sequential, sendOne);
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

/** Sends all requests before it waits, so that each time includes the time in the queue. */
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
      await responses.waitFor(id);
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

/** Receives continuously. Matches a response to its request by the correlation id. */
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
    waitFor: (id: string) =>
      new Promise<void>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
      }),
  };
}
