import { Agent } from "node:http";
import type { BenchOrchestrations } from "./app/functions";
import { postJson } from "./post-json";

/** A client of the benchmark's app, over the HTTP API of the Durable Task extension. */
export interface BenchClient {
  /** Starts an orchestration and waits until it has ended. Throws when its output is not the expected one. */
  complete<Name extends keyof BenchOrchestrations>(
    name: Name,
    input: BenchOrchestrations[Name]["input"],
    expected: BenchOrchestrations[Name]["output"],
  ): Promise<void>;
  /** Adds one to a counter. Resolves when the signal is durable, which is before the entity processes it. */
  signalAdd(counter: string): Promise<void>;
}

const timeoutSeconds = 60;

export function createBenchClient(url: string): BenchClient {
  // Reuses connections, so that the results show the cost of the task hub.
  const agent = new Agent({ keepAlive: true });
  const send = (path: string, body: string) =>
    postJson(agent, `${url}/runtime/webhooks/durabletask/${path}`, body);
  return {
    complete: async (name, input, expected) => {
      // The interval is a required parameter without effect: the embedded hub responds as soon as the instance ends.
      const path = `orchestrators/${name}?timeout=${timeoutSeconds}&pollingInterval=1`;
      const { status, text } = await send(path, JSON.stringify(input));
      if (status !== 200 || text !== JSON.stringify(expected))
        throw new Error(
          `${name}(${JSON.stringify(input)}) did not return ${expected} within ${timeoutSeconds} s; the host responded with ${status}: ${text}`,
        );
    },
    signalAdd: async (counter) => {
      const { status, text } = await send(
        `entities/counter/${counter}?op=add`,
        "",
      );
      if (status !== 202)
        throw new Error(
          `The signal to ${counter} was not accepted; the host responded with ${status}: ${text}`,
        );
    },
  };
}
