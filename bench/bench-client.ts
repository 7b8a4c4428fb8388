/** The Durable Task extension's HTTP API, as a client of the measured app uses it. */
import { Agent } from "node:http";
import type { BenchOrchestrations } from "./app/functions";
import { postJson } from "./post-json";

export interface BenchClient {
  /** Starts an orchestration and waits until it has ended; throws unless its output is the expected one. */
  complete<Name extends keyof BenchOrchestrations>(
    name: Name,
    input: BenchOrchestrations[Name]["input"],
    expected: BenchOrchestrations[Name]["output"],
  ): Promise<void>;
  /** Adds one to a counter; resolves when the signal is safely stored, not when it has been processed. */
  signalAdd(counter: string): Promise<void>;
}

const longestWaitSeconds = 60;

export function createBenchClient(url: string): BenchClient {
  // Connections are kept: what is measured is the hub, not the making of connections.
  const agent = new Agent({ keepAlive: true });
  const sent = (path: string, body: string) =>
    postJson(agent, `${url}/runtime/webhooks/durabletask/${path}`, body);
  return {
    complete: async (name, input, expected) => {
      // The embedded hub answers the moment the instance ends; the interval has to be there and is not used.
      const path = `orchestrators/${name}?timeout=${longestWaitSeconds}&pollingInterval=1`;
      const { status, text } = await sent(path, JSON.stringify(input));
      if (status !== 200 || text !== JSON.stringify(expected))
        throw new Error(
          `${name}(${JSON.stringify(input)}) was to give ${expected} within ${longestWaitSeconds} s; the host answered ${status}: ${text}`,
        );
    },
    signalAdd: async (counter) => {
      const { status, text } = await sent(
        `entities/counter/${counter}?op=add`,
        "",
      );
      if (status !== 202)
        throw new Error(
          `The signal to ${counter} was not accepted; the host answered ${status}: ${text}`,
        );
    },
  };
}
