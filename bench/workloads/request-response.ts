import { ServiceBusClient, type ServiceBusSender } from "@azure/service-bus";
import { percentile } from "../statistics";
import { timeMs, timeEachMs } from "../stopwatch";
import type { BrokerWorkload } from "../workload";

const sizes = {
  full: { messages: 1_000, alone: 100, warmUp: 50 },
  quick: { messages: 20, alone: 5, warmUp: 2 },
};

/** It does nothing, so that what is timed is the way there and back. */
const body = {
  definition: {
    name: "nothing",
    version: "1",
    steps: [
      { id: "nothing", kind: "tool", tool: "listDocuments", when: "false" },
    ],
  },
};

/** From a request message to its response, through a workflow that does nothing: many at once, and one at a time. */
export const requestResponse: BrokerWorkload = async (
  connectionString,
  size,
) => {
  const client = new ServiceBusClient(connectionString);
  try {
    return await measured(client, sizes[size]);
  } finally {
    await client.close();
  }
};

async function measured(
  client: ServiceBusClient,
  { messages, alone, warmUp }: (typeof sizes)["full"],
) {
  const answers = answersTo(client);
  const sender = client.createSender("agent-requests");
  const ask = async (id: string): Promise<void> => {
    const answered = answers.to(id);
    await sender.sendMessages({ messageId: id, body });
    await answered;
  };
  let count = 0;
  const one = () => ask(`one-${(count += 1)}`);
  await timeEachMs(warmUp, one);
  const alones = await timeEachMs(alone, one);
  const { times, seconds } = await askAll(sender, answers, messages);
  return {
    messagesPerSecond: messages / seconds,
    p50Ms: percentile(alones, 50),
    p99Ms: percentile(alones, 99),
    loadedP50Ms: percentile(times, 50),
    loadedP99Ms: percentile(times, 99),
    messages,
  };
}

type Answers = ReturnType<typeof answersTo>;

/** All requests are sent at once, so that their times tell how long a queue of that length takes. */
async function askAll(
  sender: ServiceBusSender,
  answers: Answers,
  messages: number,
) {
  const ids = Array.from({ length: messages }, (_, n) => `many-${n}`);
  const start = performance.now();
  const times: number[] = [];
  const ms = await timeMs(async () => {
    const all = ids.map(async (id) => {
      await answers.to(id);
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

/** Receives all the time; a response tells whose it is by its correlation id. */
function answersTo(client: ServiceBusClient) {
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
