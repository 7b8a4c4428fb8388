import { resolve } from "node:path";
import {
  createDurableTaskClient,
  readResponse,
} from "../../support/durable-task/http-api-client";
import { eventually } from "../../support/shared/eventually";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

let host: ListeningProcess;
const data = createTemporaryFolder();
beforeAll(async () => {
  host = await startHostCommand({
    app: resolve("local-cloud/test/fixtures/durable-samples"),
    data,
  });
});
afterAll(() => host.stop());

const api = createDurableTaskClient(() => host.url);
const { call, get, startAs, whenIn } = api;
const waitMs = 3_600_000;
const ids = async (answer: Promise<Response>) =>
  ((await (await answer).json()) as { readonly instanceId: string }[]).map(
    ({ instanceId }) => instanceId,
  );

describe("the status of an instance", () => {
  test("shows its history with inputs and results when asked", async () => {
    await startAs("history", "helloSequence", { a: 1 });
    await whenIn("history", "Completed");
    const plain = await get("instances/history?showInput=false");
    expect(plain).toMatchObject({ input: null, instanceId: "history" });
    expect(plain).not.toHaveProperty("historyEvents");
    const query = "showHistory=true&showHistoryOutput=true";
    const { historyEvents } = await get(`instances/history?${query}`);
    expect(historyEvents).toMatchObject([
      {
        EventType: "ExecutionStarted",
        FunctionName: "helloSequence",
        Input: { a: 1 },
      },
      {
        EventType: "TaskCompleted",
        FunctionName: "hello",
        Input: "Tokyo",
        Result: "Hello Tokyo!",
      },
      { EventType: "TaskCompleted", Result: "Hello Seattle!" },
      { EventType: "TaskCompleted", Result: "Hello Cairo!" },
      { EventType: "ExecutionCompleted", OrchestrationStatus: "Completed" },
    ]);
    const bare = await get(
      "instances/history?showHistory=true&showInput=false",
    );
    expect(JSON.stringify(bare["historyEvents"])).not.toMatch(
      /Tokyo|EventId|TaskScheduledId/,
    );
  });

  test("is a server error for a failed one only when asked", async () => {
    await startAs("broken", "fails", "no power");
    await whenIn("broken", "Failed");
    expect((await call("GET", "instances/broken")).status).toBe(200);
    const path = "instances/broken?returnInternalServerErrorOnFailure=true";
    expect((await call("GET", path)).status).toBe(500);
    expect((await call("GET", "instances/nobody")).status).toBe(404);
  });
});

describe("the list of instances", () => {
  test("comes in pages, in the order of the ids, entities among them", async () => {
    const names = ["page-a", "page-b", "page-c", "page-d", "page-e"];
    await Promise.all(names.map((id) => startAs(id, "helloSequence")));
    await call("POST", "entities/Counter/paged?op=add", "2");
    await eventually(async () => {
      expect((await call("GET", "entities/counter/paged")).status).toBe(200);
    });
    const found: string[] = [];
    let token = "";
    do {
      const page = await call(
        "GET",
        "instances/?top=2&instanceIdPrefix=page-",
        undefined,
        { "x-ms-continuation-token": token },
      );
      token = page.headers.get("x-ms-continuation-token") ?? "none";
      found.push(...(await ids(Promise.resolve(page))));
    } while (token !== "");
    expect(found).toEqual(names);
    expect(
      await ids(call("GET", "instances?instanceIdPrefix=@counter@")),
    ).toEqual(["@counter@paged"]);
    expect(await get("instances/@counter@paged")).toMatchObject({
      runtimeStatus: "Running",
      customStatus: { entityExists: true },
    });
  });

  test("is filtered by status and time, and refuses filters that are none", async () => {
    await startAs("filter-wait", "approval", waitMs);
    await startAs("filter-done", "helloSequence");
    await whenIn("filter-wait", "Running");
    await whenIn("filter-done", "Completed");
    const list = (query: string) =>
      ids(call("GET", `instances?instanceIdPrefix=filter-&${query}`));
    expect(await list("runtimeStatus=running")).toEqual(["filter-wait"]);
    expect(await list("runtimeStatus=Failed,Completed")).toEqual([
      "filter-done",
    ]);
    expect(await list("runtimeStatus=Canceled")).toEqual([]);
    expect(await list("createdTimeFrom=2999-01-01T00:00:00Z")).toEqual([]);
    for (const query of ["runtimeStatus=Happy", "top=none", "createdTimeTo=x"])
      expect((await call("GET", `instances?${query}`)).status).toBe(400);
    const strange = { "x-ms-continuation-token": "strange" };
    const refused = await call("GET", "instances", undefined, strange);
    expect(refused.status).toBe(400);
  });
});

describe("a purge", () => {
  test("removes what has ended, one or all that pass a filter", async () => {
    await startAs("gone", "helloSequence");
    await whenIn("gone", "Completed");
    const purge = (path: string) =>
      readResponse(call("DELETE", `instances${path}`));
    const once = { status: 200, body: { instancesDeleted: 1 } };
    expect(await purge("/gone")).toEqual(once);
    expect(await purge("/gone")).toEqual({ status: 404, body: "" });
    await startAs("stays", "approval", waitMs);
    await whenIn("stays", "Running");
    expect(await purge("/stays")).toEqual({
      status: 412,
      body: "Only orchestrations in a terminal state can be purged, but the orchestration with instance ID stays has status Running",
    });
    expect(await purge("?createdTimeTo=2999-01-01")).toEqual({
      status: 400,
      body: {
        Message: "Please provide value for 'createdTimeFrom' parameter.",
      },
    });
    await startAs("gone-1", "helloSequence");
    await startAs("gone-2", "fails", "x");
    await whenIn("gone-1", "Completed");
    await whenIn("gone-2", "Failed");
    const all = "?createdTimeFrom=2000-01-01&instanceIdPrefix=gone-";
    expect(await purge(`${all}&runtimeStatus=Failed`)).toEqual(once);
    expect(await purge(all)).toEqual(once);
    expect(await purge(all)).toEqual({ status: 404, body: "" });
    expect((await call("GET", "instances/stays")).status).toBe(202);
  });

  test("removes an entity", async () => {
    await call("POST", "entities/counter/purged?op=add", "5");
    await eventually(async () => {
      expect((await call("GET", "entities/counter/purged")).status).toBe(200);
    });
    expect((await call("DELETE", "instances/@counter@purged")).status).toBe(
      200,
    );
    expect((await call("GET", "instances/@counter@purged")).status).toBe(404);
    await call("POST", "entities/counter/purged?op=add", "1");
    await eventually(async () => {
      expect(
        await readResponse(call("GET", "entities/counter/purged")),
      ).toMatchObject({
        body: 1,
      });
    });
  });
});

describe("a restart", () => {
  test("starts the same once more, under a new id or the same", async () => {
    await startAs("again", "timer", 1);
    await whenIn("again", "Completed");
    const fresh = await readResponse(call("POST", "instances/again/restart"));
    const { id } = fresh.body as { readonly id: string };
    expect(fresh).toMatchObject({ status: 202 });
    expect(fresh.body).not.toHaveProperty("rewindPostUri");
    expect(id).not.toBe("again");
    expect(await whenIn(id, "Completed")).toMatchObject({ input: 1 });
    const path = "instances/again/restart?restartWithNewInstanceId=false";
    expect(await readResponse(call("POST", path))).toMatchObject({
      status: 202,
      body: { id: "again" },
    });
  });

  test("is refused for the unknown and for what still runs", async () => {
    expect(
      await readResponse(call("POST", "instances/nobody/restart")),
    ).toEqual({
      status: 400,
      body: {
        Message: "InstanceId does not match a valid orchestration instance.",
      },
    });
    await startAs("busy", "approval", waitMs);
    const path = "instances/busy/restart?restartWithNewInstanceId=false";
    expect((await call("POST", path)).status).toBe(409);
  });
});

test("entities are listed by name, with their state when asked", async () => {
  await call("POST", "entities/counter/$?op=add", "7");
  await eventually(async () => {
    expect((await call("GET", "entities/counter/$")).status).toBe(200);
  });
  const path = "entities/COUNTER?fetchState=true&top=1";
  const page = await call("GET", path);
  expect(page.headers.get("x-ms-continuation-token")).not.toBeNull();
  expect(await page.json()).toMatchObject([
    { entityId: { name: "counter", key: "" }, state: 7 },
  ]);
  const later = "entities?lastOperationTimeFrom=2999-01-01";
  expect(await readResponse(call("GET", later))).toEqual({
    status: 200,
    body: [],
  });
});
