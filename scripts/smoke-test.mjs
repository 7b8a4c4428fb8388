// Smoke test of a deployment: waits until AOS is ready and completes one orchestration.
// AOS_URL is the base URL, AOS_KEY a function key, AOS_TOKEN a token of Entra ID if the API requires one,
// AOS_PATIENCE_SECONDS the time limit (default 300).
import { setTimeout as wait } from "node:timers/promises";

const { AOS_URL: url, AOS_KEY: key, AOS_TOKEN: token } = process.env;
const patienceMs = Number(process.env.AOS_PATIENCE_SECONDS ?? 300) * 1000;
const deadline = Date.now() + patienceMs;

/** The smallest workflow that reaches storage, the task hub and the model. */
const definition = {
  name: "smoke-test",
  version: "1",
  steps: [
    {
      id: "answer",
      kind: "agent",
      agent: "writer",
      prompt: "Say in one sentence that all is well.",
    },
  ],
};

if (!url) fail("Set AOS_URL to the base URL of AOS.");
await eventually("health/ready", async () => {
  const { status, body } = await send("GET", "health/ready");
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
});
const started = await send("POST", "orchestrations", { definition });
if (started.status !== 202)
  fail(`The start returned ${started.status} ${JSON.stringify(started.body)}`);
const { id } = started.body;
await eventually(`orchestration ${id}`, async () => {
  const { body } = await send("GET", `orchestrations/${id}?wait=30s`);
  if (["failed", "cancelled", "terminated"].includes(body.status))
    fail(
      `Orchestration ${id} ended as ${body.status}: ${JSON.stringify(body.error)}`,
    );
  if (body.status !== "completed") throw new Error(`it is ${body.status}`);
});
console.log(`AOS at ${url} is ready and has completed orchestration ${id}.`);

async function send(method, path, body) {
  const response = await fetch(`${url}/api/${path}`, {
    method,
    headers: {
      ...(key && { "x-functions-key": key }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { "content-type": "application/json" }),
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: text.slice(0, 200) };
  }
}

async function eventually(name, attempt) {
  for (;;)
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) fail(`${name}: ${error.message}`);
      await wait(2_000);
    }
}

function fail(text) {
  console.error(`smoke test: ${text}`);
  process.exit(1);
}
