import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createDurableTaskClient,
  readResponse,
} from "../../support/durable-task/http-api-client";
import { samplesAppFolder } from "../../support/durable-task/samples-app";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const samples = samplesAppFolder();
const folder = createTemporaryFolder();
const waitMs = 3_600_000;

/** Creates a copy of the sample app with these settings of the task hub. */
function createSamplesApp(durableTask: object): string {
  const app = join(folder, "app");
  mkdirSync(app);
  symlinkSync(join(samples, "src"), join(app, "src"));
  writeFileSync(
    join(app, "package.json"),
    JSON.stringify({ name: "any-state", main: "src/*.js" }),
  );
  writeFileSync(
    join(app, "host.json"),
    JSON.stringify({ version: "2.0", extensions: { durableTask } }),
  );
  return app;
}

let standard: ListeningProcess;
let anyState: ListeningProcess;
beforeAll(async () => {
  const app = createSamplesApp({
    hubName: "AnyState",
    overridableExistingInstanceStates: "anystate",
    maxPayloadBytes: 70_000,
    httpSettings: { useForwardedHost: true },
  });
  [standard, anyState] = await Promise.all([
    startHostCommand({ app: samples, data: join(folder, "standard") }),
    startHostCommand({ app, data: join(folder, "any-state") }),
  ]);
});
afterAll(() => Promise.all([standard.stop(), anyState.stop()]));

const api = createDurableTaskClient(() => standard.url);
const anyStateApi = createDurableTaskClient(() => anyState.url);
const post = async (path: string, body = "") =>
  (await api.call("POST", path, body)).status;

describe("an instance", () => {
  const changes = ["terminate", "suspend", "resume", "raiseEvent/e"];

  test("that is unknown, or whose id is invalid, rejects messages with 404", async () => {
    for (const id of ["missing", "@counter@none", "%01", "x".repeat(300)])
      for (const change of changes)
        expect(await post(`instances/${id}/${change}`, "1")).toBe(404);
  });

  test("that has ended rejects messages with 410", async () => {
    await api.startInstance("done", "helloSequence");
    await api.whenStatus("done", "Completed");
    for (const change of changes)
      expect(await post(`instances/done/${change}`, "1")).toBe(410);
  });

  test("can be suspended only when it is not suspended, and resumed only when it is", async () => {
    await api.startInstance("paused", "approval", waitMs);
    await api.whenStatus("paused", "Running");
    expect(
      await readResponse(api.call("POST", "instances/paused/resume")),
    ).toEqual({
      status: 500,
      body: {
        Message: "Cannot resume orchestration instance in the Running state.",
      },
    });
    expect(await post("instances/paused/suspend")).toBe(202);
    await api.whenStatus("paused", "Suspended");
    expect(await post("instances/paused/suspend")).toBe(500);
    expect(await post("instances/paused/raiseEvent/approved", "1")).toBe(202);
    expect(await post("instances/paused/terminate?reason=over")).toBe(202);
    const ended = await api.whenStatus("paused", "Terminated");
    expect(ended).toMatchObject({ output: "over" });
  });
});

test("rejects a body that is not JSON with 400", async () => {
  await api.startInstance("listener", "approval", waitMs);
  for (const path of [
    "orchestrators/helloSequence",
    "instances/listener/raiseEvent/approved",
    "entities/counter/x?op=add",
  ])
    expect(await post(path, "{not json")).toBe(400);
  expect(await post("instances/listener/raiseEvent/approved")).toBe(400);
});

test("starts instances with the ids that Azure accepts, and returns URLs that find them", async () => {
  const ids = [
    "@a",
    "a\\b",
    "a?b",
    "a#b",
    "a\u0001b",
    "a b ü",
    "x".repeat(300),
  ];
  for (const id of ids) {
    const path = `orchestrators/helloSequence/${encodeURIComponent(id)}`;
    const started = await api.call("POST", path, "1");
    expect(started.status).toBe(202);
    const location = started.headers.get("location") ?? "";
    expect(await (await fetch(location)).json()).toMatchObject({
      instanceId: id,
    });
  }
});

test("reads + in the path of an id as a space", async () => {
  await api.startInstance("a%20space", "helloSequence");
  expect(await api.get("instances/a+space")).toMatchObject({
    instanceId: "a space",
  });
});

test("returns URLs with the host that the client has called", async () => {
  const { port } = new URL(standard.url);
  const started = await fetch(
    `http://127.0.0.1:${port}/runtime/webhooks/durabletask/orchestrators/timer`,
    { method: "POST", body: "1" },
  );
  expect(started.headers.get("location")).toContain(
    `http://127.0.0.1:${port}/`,
  );
});

test("rejects a signal to an unknown entity with 400 and the names of the known entity functions", async () => {
  const rejected = await readResponse(
    api.call("POST", "entities/missing/x?op=add", "1"),
  );
  expect(rejected).toMatchObject({
    status: 400,
    body: { Message: expect.stringContaining("'counter'") as string },
  });
});

test("rejects the name of another task hub with 404 and the name of the hub of this host", async () => {
  const rejected = await readResponse(
    api.call("GET", "instances?taskHub=Other"),
  );
  expect(rejected).toMatchObject({
    status: 404,
    body: { Message: expect.stringContaining("'Samples'") as string },
  });
  const same = await api.call("GET", "instances?taskHub=SAMPLES");
  expect(same.status).toBe(200);
});

describe("a start with the id of an existing instance", () => {
  test("is rejected while the instance is active, and replaces it when it has ended", async () => {
    await api.startInstance("taken", "approval", waitMs);
    expect((await api.startInstance("taken", "helloSequence")).status).toBe(
      409,
    );
    await api.whenStatus("taken", "Running");
    expect((await api.startInstance("taken", "helloSequence")).status).toBe(
      409,
    );
    await post("instances/taken/suspend");
    await api.whenStatus("taken", "Suspended");
    expect((await api.startInstance("taken", "helloSequence")).status).toBe(
      409,
    );
    await post("instances/taken/terminate");
    await api.whenStatus("taken", "Terminated");
    expect((await api.startInstance("taken", "helloSequence")).status).toBe(
      202,
    );
    await api.whenStatus("taken", "Completed");
  });

  test("replaces an instance in any state with overridableExistingInstanceStates AnyState", async () => {
    await anyStateApi.startInstance("taken", "timer", 300);
    expect(
      (await anyStateApi.startInstance("taken", "approval", waitMs)).status,
    ).toBe(202);
    await anyStateApi.whenStatus("taken", "Running");
    await anyStateApi.call("POST", "instances/taken/suspend");
    await anyStateApi.whenStatus("taken", "Suspended");
    const events = [1, 2, 3].map((answer) =>
      anyStateApi.call(
        "POST",
        "instances/taken/raiseEvent/approved",
        `${answer}`,
      ),
    );
    await Promise.all(events);
    expect(
      (await anyStateApi.startInstance("taken", "approval", waitMs)).status,
    ).toBe(202);
    await anyStateApi.whenStatus("taken", "Running");
    await anyStateApi.call(
      "POST",
      "instances/taken/raiseEvent/approved",
      '"replacement"',
    );
    const { output } = await anyStateApi.whenStatus("taken", "Completed");
    expect(output).toBe("replacement");
  });

  test("replaces an instance whose episode is running", async () => {
    const starts = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        anyStateApi.startInstance(
          "concurrent",
          i % 2 ? "fanOut" : "countDown",
          5,
        ),
      ),
    );
    expect(starts.map(({ status }) => status)).toEqual(Array(20).fill(202));
    const { output } = await anyStateApi.whenStatus("concurrent", "Completed");
    expect([10, "done"]).toContain(output);
  });
});

test("rejects a body over the limit through the HTTP API and the client library, and reports the limit", async () => {
  const large = JSON.stringify("x".repeat(80_000));
  const rejected = await readResponse(
    anyStateApi.call("POST", "orchestrators/timer", large),
  );
  const body = { Message: expect.stringContaining("70000 bytes") as string };
  expect(rejected).toMatchObject({ status: 413, body });
  const throughLibrary = await fetch(`${anyState.url}/api/start/timer`, {
    method: "POST",
    body: large,
  });
  expect(throughLibrary.status).toBe(500);
  const fits = JSON.stringify("x".repeat(65_000));
  expect(
    (await anyStateApi.call("POST", "orchestrators/timer", fits)).status,
  ).toBe(202);
});

test("fails an orchestration whose activity result is over the limit, and reports the limit", async () => {
  const id = "large-result";
  await anyStateApi.startInstance(id, "large", 80_000);
  const { output } = await anyStateApi.whenStatus(id, "Failed");
  expect(output).toContain("Activity function 'largeText' failed: Its result");
  expect(output).toContain("the limit is 70000 bytes");
  await anyStateApi.startInstance(id, "large", 65_000);
  await anyStateApi.whenStatus(id, "Completed");
});

test("returns URLs with the forwarded host only when useForwardedHost is set", async () => {
  const headers = {
    "x-forwarded-host": "proxy.example",
    "x-forwarded-proto": "https",
  };
  const trusted = await anyStateApi.call(
    "POST",
    "orchestrators/timer",
    "1",
    headers,
  );
  expect(trusted.headers.get("location")).toMatch(
    /^https:\/\/proxy\.example\/runtime/,
  );
  const ignored = await api.call("POST", "orchestrators/timer", "1", headers);
  expect(ignored.headers.get("location")).toContain(
    standard.url.split("://")[1],
  );
});
