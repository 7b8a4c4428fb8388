import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  createDurableTaskClient,
  readResponse,
} from "../../support/durable-task/http-api-client";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const samples = resolve("local-cloud/test/fixtures/durable-samples");
const folder = createTemporaryFolder();
const waitMs = 3_600_000;

/** The sample app with other settings of the hub. */
function samplesWith(durableTask: object): string {
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

let usual: ListeningProcess;
let anyState: ListeningProcess;
beforeAll(async () => {
  const app = samplesWith({
    hubName: "AnyState",
    overridableExistingInstanceStates: "anystate",
    maxPayloadBytes: 70_000,
    httpSettings: { useForwardedHost: true },
  });
  [usual, anyState] = await Promise.all([
    startHostCommand({ app: samples, data: join(folder, "usual") }),
    startHostCommand({ app, data: join(folder, "any-state") }),
  ]);
});
afterAll(() => Promise.all([usual.stop(), anyState.stop()]));

const api = createDurableTaskClient(() => usual.url);
const any = createDurableTaskClient(() => anyState.url);
const post = async (path: string, body = "") =>
  (await api.call("POST", path, body)).status;

describe("an instance", () => {
  const changes = ["terminate", "suspend", "resume", "raiseEvent/e"];

  test("takes no messages when it is unknown or has an id that cannot be", async () => {
    for (const id of ["nobody", "@counter@none", "%01", "x".repeat(300)])
      for (const change of changes)
        expect(await post(`instances/${id}/${change}`, "1")).toBe(404);
  });

  test("takes no messages when it has ended", async () => {
    await api.startAs("done", "helloSequence");
    await api.whenIn("done", "Completed");
    for (const change of changes)
      expect(await post(`instances/done/${change}`, "1")).toBe(410);
  });

  test("can be suspended only once, and resumed only when suspended", async () => {
    await api.startAs("paused", "approval", waitMs);
    await api.whenIn("paused", "Running");
    expect(
      await readResponse(api.call("POST", "instances/paused/resume")),
    ).toEqual({
      status: 500,
      body: {
        Message: "Cannot resume orchestration instance in the Running state.",
      },
    });
    expect(await post("instances/paused/suspend")).toBe(202);
    await api.whenIn("paused", "Suspended");
    expect(await post("instances/paused/suspend")).toBe(500);
    expect(await post("instances/paused/raiseEvent/approved", "1")).toBe(202);
    expect(await post("instances/paused/terminate?reason=over")).toBe(202);
    const ended = await api.whenIn("paused", "Terminated");
    expect(ended).toMatchObject({ output: "over" });
  });
});

test("a body that is no JSON is refused, and so are ids that cannot be", async () => {
  await api.startAs("listener", "approval", waitMs);
  for (const path of [
    "orchestrators/helloSequence",
    "instances/listener/raiseEvent/approved",
    "entities/counter/x?op=add",
  ])
    expect(await post(path, "{not json")).toBe(400);
  expect(await post("instances/listener/raiseEvent/approved")).toBe(400);
  for (const id of ["@a", "a%5Cb", "a%3Fb", "a%23b", "a%01b", "x".repeat(257)])
    expect(await post(`orchestrators/helloSequence/${id}`, "1")).toBe(400);
  expect(await post("entities/counter/a%23b?op=add", "1")).toBe(400);
});

test("a signal to an entity that no function runs is refused, naming those that exist", async () => {
  const refused = await readResponse(
    api.call("POST", "entities/nobody/x?op=add", "1"),
  );
  expect(refused).toMatchObject({
    status: 400,
    body: { Message: expect.stringContaining("'counter'") as string },
  });
});

test("another task hub is unknown here; the name of this one is told", async () => {
  const refused = await readResponse(
    api.call("GET", "instances?taskHub=Other"),
  );
  expect(refused).toMatchObject({
    status: 404,
    body: { Message: expect.stringContaining("'Samples'") as string },
  });
  const same = await api.call("GET", "instances?taskHub=SAMPLES");
  expect(same.status).toBe(200);
});

describe("a start under an id that is taken", () => {
  test("is refused while the instance runs, and replaces it when it has ended", async () => {
    await api.startAs("taken", "approval", waitMs);
    expect((await api.startAs("taken", "helloSequence")).status).toBe(409);
    await api.whenIn("taken", "Running");
    expect((await api.startAs("taken", "helloSequence")).status).toBe(409);
    await post("instances/taken/suspend");
    await api.whenIn("taken", "Suspended");
    expect((await api.startAs("taken", "helloSequence")).status).toBe(409);
    await post("instances/taken/terminate");
    await api.whenIn("taken", "Terminated");
    expect((await api.startAs("taken", "helloSequence")).status).toBe(202);
    await api.whenIn("taken", "Completed");
  });

  test("replaces it in any state when the settings say so", async () => {
    await any.startAs("taken", "timer", 300);
    expect((await any.startAs("taken", "approval", waitMs)).status).toBe(202);
    await any.whenIn("taken", "Running");
    await any.call("POST", "instances/taken/suspend");
    await any.whenIn("taken", "Suspended");
    const events = [1, 2, 3].map((answer) =>
      any.call("POST", "instances/taken/raiseEvent/approved", `${answer}`),
    );
    await Promise.all(events);
    expect((await any.startAs("taken", "approval", waitMs)).status).toBe(202);
    await any.whenIn("taken", "Running");
    await any.call("POST", "instances/taken/raiseEvent/approved", '"new"');
    const { output } = await any.whenIn("taken", "Completed");
    expect(output).toBe("new");
  });

  test("replaces one that is in the middle of its work", async () => {
    const starts = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        any.startAs("crowd", i % 2 ? "fanOut" : "countDown", 5),
      ),
    );
    expect(starts.map(({ status }) => status)).toEqual(Array(20).fill(202));
    const { output } = await any.whenIn("crowd", "Completed");
    expect([10, "done"]).toContain(output);
  });
});

test("a body over the limit is refused by both listeners, naming the limit", async () => {
  const large = JSON.stringify("x".repeat(80_000));
  const refused = await readResponse(
    any.call("POST", "orchestrators/timer", large),
  );
  const body = { Message: expect.stringContaining("70000 bytes") as string };
  expect(refused).toMatchObject({ status: 413, body });
  const byLibrary = await fetch(`${anyState.url}/api/start/timer`, {
    method: "POST",
    body: large,
  });
  expect(byLibrary.status).toBe(500);
  const fits = JSON.stringify("x".repeat(65_000));
  expect((await any.call("POST", "orchestrators/timer", fits)).status).toBe(
    202,
  );
});

test("a result of an activity over the limit fails it, naming the limit", async () => {
  const id = "large-result";
  await any.startAs(id, "large", 80_000);
  const { output } = await any.whenIn(id, "Failed");
  expect(output).toContain("Activity function 'largeText' failed: Its result");
  expect(output).toContain("70000 are the limit");
  await any.startAs(id, "large", 65_000);
  await any.whenIn(id, "Completed");
});

test("the addresses in an answer are those of a proxy that is trusted", async () => {
  const headers = {
    "x-forwarded-host": "aos.example",
    "x-forwarded-proto": "https",
  };
  const trusted = await any.call("POST", "orchestrators/timer", "1", headers);
  expect(trusted.headers.get("location")).toMatch(
    /^https:\/\/aos\.example\/runtime/,
  );
  const ignored = await api.call("POST", "orchestrators/timer", "1", headers);
  expect(ignored.headers.get("location")).toContain(usual.url.split("://")[1]);
});
