// AOS as it is built: the host with the app of `npm run bench`, over HTTP.
import { startHost } from "../../../dist/bench/host.js";
import { webhooksAt } from "../../../dist/bench/webhooks.js";
import { onStop } from "../processes.mjs";

export const lacks = {};

/** @type {import("../engine.mjs").Start} */
export async function start(folder) {
  const host = await startHost(folder);
  onStop(() => host[Symbol.asyncDispose]());
  return {
    description: "the embedded local cloud, over HTTP",
    webhooks: webhooksAt(host.url),
  };
}
