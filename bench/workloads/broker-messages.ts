import { ServiceBusClient } from "@azure/service-bus";
import { queueName } from "../processes";
import { percentile } from "../statistics";
import { runConcurrently, timeMs } from "../stopwatch";
import type { BrokerWorkload } from "../workload";

const sizes = {
  full: { messages: 20_000, warmUp: 3000 },
  quick: { messages: 300, warmUp: 50 },
};
/** Maximum number of messages that are sent and not yet completed. */
const concurrency = 400;
const receivers = 200;
/** Increases the JSON body to about half a kilobyte. */
const padding = "x".repeat(440);

interface Body {
  readonly key: number;
  readonly padding: string;
}

/** Throughput of one queue. Each message is sent separately, received and completed; the broker confirms only durable changes. */
export const brokerMessages: BrokerWorkload = async (
  connectionString,
  size,
) => {
  const { messages, warmUp } = sizes[size];
  const client = new ServiceBusClient(connectionString);
  const sender = client.createSender(queueName);
  const receiver = client.createReceiver(queueName);
  const completed = new Map<number, () => void>();
  const subscription = receiver.subscribe(
    {
      processMessage: async (message) => {
        await receiver.completeMessage(message);
        const { key } = message.body as Body;
        completed.get(key)?.();
        completed.delete(key);
      },
      processError: ({ error }) => Promise.reject(error),
    },
    { maxConcurrentCalls: receivers, autoCompleteMessages: false },
  );
  let times: number[] = [];
  let next = 0;
  const sendOne = async (): Promise<void> => {
    const key = (next += 1);
    const done = new Promise<void>((resolve) => completed.set(key, resolve));
    const body: Body = { key, padding };
    times.push(
      await timeMs(async () => {
        await sender.sendMessages({ body });
        await done;
      }),
    );
  };
  await runConcurrently({ count: warmUp, concurrency }, sendOne);
  times = [];
  const ms = await timeMs(() =>
    runConcurrently({ count: messages, concurrency }, sendOne),
  );
  await subscription.close();
  await client.close();
  return {
    perSecond: (messages / ms) * 1000,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    messages,
    concurrency,
  };
};
