/** The Durable Task extension's HTTP API, as a client of the measured app uses it. */
import { Agent, request } from "node:http";
import type { Orchestrations } from "./app/functions";

export interface Webhooks {
  /** Starts an orchestration and waits until it has ended; throws unless its output is the expected one. */
  complete<Name extends keyof Orchestrations>(
    name: Name,
    input: Orchestrations[Name]["input"],
    expected: Orchestrations[Name]["output"],
  ): Promise<void>;
  /** Adds one to a counter; resolves when the signal is safely stored, not when it has been processed. */
  signalAdd(counter: string): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const longestWaitSeconds = 60;

export function webhooksAt(url: string): Webhooks {
  // Connections are kept: what is measured is the hub, not the making of connections.
  const agent = new Agent({ keepAlive: true });
  const post = (path: string, body: string) =>
    sent(agent, `${url}/runtime/webhooks/durabletask/${path}`, body);
  return {
    complete: async (name, input, expected) => {
      // The embedded hub answers the moment the instance ends; the interval has to be there and is not used.
      const path = `orchestrators/${name}?timeout=${longestWaitSeconds}&pollingInterval=1`;
      const { status, text } = await post(path, JSON.stringify(input));
      if (status !== 200 || text !== JSON.stringify(expected))
        throw new Error(
          `${name}(${JSON.stringify(input)}) was to give ${expected} within ${longestWaitSeconds} s; the host answered ${status}: ${text}`,
        );
    },
    signalAdd: async (counter) => {
      const { status, text } = await post(
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

/** By node:http, which costs the measuring process about half of what fetch does: both share the machine. */
const sent = (agent: Agent, url: string, body: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent,
        method: "POST",
        headers: { "content-type": "application/json" },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
        response.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
