// Sees whether a deployed AOS works: it becomes ready, and one orchestration runs to its end.
// AOS_URL says where, AOS_KEY is a function key, AOS_TOKEN a token of Entra ID where callers need one.
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

if (!url) fail("Set AOS_URL to where AOS answers.");
await eventually("health/ready", async () => {
  const { status, body } = await ask("GET", "health/ready");
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
});
const started = await ask("POST", "orchestrations", { definition });
if (started.status !== 202)
  fail(`No start: ${started.status} ${JSON.stringify(started.body)}`);
const { id } = started.body;
await eventually(`orchestration ${id}`, async () => {
  const { body } = await ask("GET", `orchestrations/${id}?wait=30s`);
  if (["failed", "cancelled", "terminated"].includes(body.status))
    fail(
      `Orchestration ${id} ended as ${body.status}: ${JSON.stringify(body.error)}`,
    );
  if (body.status !== "completed") throw new Error(`it is ${body.status}`);
});
console.log(`AOS at ${url} is ready and has completed orchestration ${id}.`);

async function ask(method, path, body) {
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

async function eventually(what, attempt) {
  for (;;)
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) fail(`${what}: ${error.message}`);
      await wait(2_000);
    }
}

function fail(text) {
  console.error(`smoke test: ${text}`);
  process.exit(1);
}
