// Restate: its server with default settings, and a service of its TypeScript SDK in a separate process, over HTTP.
import { Agent } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { postJson } from "../../../dist/bench/post-json.js";
import {
  findFreePort,
  isListening,
  run,
  waitUntilReady,
} from "../processes.mjs";
import { version } from "../versions.mjs";

export const unsupported = {};

/** @type {import("../engine.mjs").Start} */
export async function start(folder) {
  const agent = new Agent({ keepAlive: true });
  const service = await startService();
  const { ingress, admin } = await startServer(folder);
  await register(agent, admin, service);
  return {
    description: `server ${version("@restatedev/restate-server")}, SDK ${version("@restatedev/restate-sdk")}, over HTTP`,
    client: createRestateClient(agent, ingress),
  };
}

async function startService() {
  const port = await findFreePort();
  const file = join(import.meta.dirname, "restate-service.mjs");
  const service = run(process.execPath, [file, String(port)]);
  await waitUntilReady(service, "The Restate service", () => isListening(port));
  return `http://127.0.0.1:${port}`;
}

async function startServer(folder) {
  const [ingress, admin, node] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  const server = run(binary(), ["--no-logo", "--base-dir", folder], {
    env: {
      ...process.env,
      RESTATE_LISTEN_MODE: "tcp",
      RESTATE_BIND_IP: "127.0.0.1",
      RESTATE_BIND_PORT: String(node),
      RESTATE_INGRESS__BIND_PORT: String(ingress),
      RESTATE_ADMIN__BIND_PORT: String(admin),
      RESTATE_DISABLE_TELEMETRY: "true",
      DO_NOT_TRACK: "1",
      RESTATE_LOG_FILTER: "warn",
    },
  });
  await waitUntilReady(server, "The Restate server", () =>
    isListening(ingress),
  );
  await waitUntilReady(server, "The Restate server", () => isListening(admin));
  return {
    ingress: `http://127.0.0.1:${ingress}`,
    admin: `http://127.0.0.1:${admin}`,
  };
}

function binary() {
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  return createRequire(import.meta.url).resolve(`${name}/bin/restate-server`);
}

async function register(agent, admin, uri) {
  const { status, text } = await postJson(
    agent,
    `${admin}/deployments`,
    JSON.stringify({ uri }),
  );
  if (status !== 201)
    throw new Error(
      `The Restate server did not accept the service; it responded with ${status}: ${text}`,
    );
}

/** The ingress responds to a call when the invocation has ended, and to a `send` when it is durable. */
const createRestateClient = (agent, ingress) => ({
  complete: async (name, input, expected) => {
    const { status, text } = await postJson(
      agent,
      `${ingress}/bench/${name}`,
      JSON.stringify(input),
    );
    if (status !== 200 || text !== JSON.stringify(expected))
      throw new Error(
        `${name}(${JSON.stringify(input)}) did not return ${expected}; Restate responded with ${status}: ${text}`,
      );
  },
  signalAdd: async (counter) => {
    const url = `${ingress}/counter/${counter}/add/send`;
    const { status, text } = await postJson(agent, url, "null");
    if (status !== 202)
      throw new Error(
        `The update of ${counter} was not accepted; Restate responded with ${status}: ${text}`,
      );
  },
});
