import { ServiceBusClient } from "@azure/service-bus";
import { queueName } from "../processes";
import { percentile } from "../statistics";
import { timeEachMs } from "../stopwatch";
import type { BrokerWorkload } from "../workload";

const sizes = {
  full: { messages: 1000, warmUp: 200 },
  quick: { messages: 20, warmUp: 5 },
};

/** Latency of one message from `send` until it is completed, on an idle broker. */
export const brokerRoundTrip: BrokerWorkload = async (
  connectionString,
  size,
) => {
  const { messages, warmUp } = sizes[size];
  const client = new ServiceBusClient(connectionString);
  const sender = client.createSender(queueName);
  const receiver = client.createReceiver(queueName);
  let completed: () => void = () => undefined;
  const subscription = receiver.subscribe(
    {
      processMessage: async (message) => {
        await receiver.completeMessage(message);
        completed();
      },
      processError: ({ error }) => Promise.reject(error),
    },
    { autoCompleteMessages: false },
  );
  const one = async (): Promise<void> => {
    const done = new Promise<void>((resolve) => (completed = resolve));
    await sender.sendMessages({ body: { padding: "x".repeat(440) } });
    await done;
  };
  await timeEachMs(warmUp, one);
  const times = await timeEachMs(messages, one);
  await subscription.close();
  await client.close();
  return {
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    messages,
  };
};
