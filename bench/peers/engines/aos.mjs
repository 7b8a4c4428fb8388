// The embedded host with the app of `npm run bench`, over HTTP.
import { createBenchClient } from "../../../dist/bench/bench-client.js";
import { startBenchHost } from "../../../dist/bench/processes.js";
import { onStop } from "../processes.mjs";

export const unsupported = {};

/** @type {import("../engine.mjs").Start} */
export async function start(folder) {
  const host = await startBenchHost(folder);
  onStop(() => host[Symbol.asyncDispose]());
  return {
    description: "the embedded local cloud, over HTTP",
    client: createBenchClient(host.url),
  };
}
