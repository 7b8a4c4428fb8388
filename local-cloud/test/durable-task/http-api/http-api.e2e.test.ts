import {
  createDurableTaskClient,
  readResponse,
} from "../../support/durable-task/http-api-client";
import { samplesAppFolder } from "../../support/durable-task/samples-app";
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
    app: samplesAppFolder(),
    data,
  });
});
afterAll(() => host.stop());

const api = createDurableTaskClient(() => host.url);
const { call, get, startInstance, whenStatus } = api;
const waitMs = 3_600_000;
const readIds = async (response: Promise<Response>) =>
  ((await (await response).json()) as { readonly instanceId: string }[]).map(
    ({ instanceId }) => instanceId,
  );

describe("the status of an instance", () => {
  test("includes the history with inputs and results when the query requests it", async () => {
    await startInstance("history", "helloSequence", { a: 1 });
    await whenStatus("history", "Completed");
    const withoutInput = await get("instances/history?showInput=false");
    expect(withoutInput).toMatchObject({ input: null, instanceId: "history" });
    expect(withoutInput).not.toHaveProperty("historyEvents");
    const query = "showHistory=true&showHistoryOutput=true";
    const { historyEvents } = await get(`instances/history?${query}`);
    expect(historyEvents).toMatchObject([
      {
        EventType: "ExecutionStarted",
        FunctionName: "helloSequence",
        Input: '{"a":1}',
      },
      {
        EventType: "TaskCompleted",
        FunctionName: "hello",
        Input: null,
        Result: "Hello Tokyo!",
      },
      { EventType: "TaskCompleted", Result: "Hello Seattle!" },
      { EventType: "TaskCompleted", Result: "Hello Cairo!" },
      { EventType: "ExecutionCompleted", OrchestrationStatus: "Completed" },
    ]);
    const withoutInputs = await get(
      "instances/history?showHistory=true&showInput=false",
    );
    expect(JSON.stringify(withoutInputs["historyEvents"])).not.toMatch(
      /Input|EventId|TaskScheduledId/,
    );
  });

  test("is 500 for a failed instance only with returnInternalServerErrorOnFailure", async () => {
    await startInstance("broken", "fails", "out of stock");
    await whenStatus("broken", "Failed");
    expect((await call("GET", "instances/broken")).status).toBe(200);
    const path = "instances/broken?returnInternalServerErrorOnFailure=true";
    expect((await call("GET", path)).status).toBe(500);
    expect((await call("GET", "instances/missing")).status).toBe(404);
  });
});

describe("the list of instances", () => {
  test("is paged in the order of the ids and includes entities", async () => {
    const names = ["page-a", "page-b", "page-c", "page-d", "page-e"];
    await Promise.all(names.map((id) => startInstance(id, "helloSequence")));
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
      const next = page.headers.get("x-ms-continuation-token");
      expect(next).not.toBe("");
      token = next ?? "";
      found.push(...(await readIds(Promise.resolve(page))));
    } while (token !== "");
    expect(found).toEqual(names);
    expect(
      await readIds(call("GET", "instances?instanceIdPrefix=@counter@")),
    ).toEqual(["@counter@paged"]);
    expect(await get("instances/@counter@paged")).toMatchObject({
      runtimeStatus: "Running",
      customStatus: { entityExists: true },
    });
  });

  test("is filtered by status and time, and rejects invalid filters with 400", async () => {
    await startInstance("filter-wait", "approval", waitMs);
    await startInstance("filter-done", "helloSequence");
    await whenStatus("filter-wait", "Running");
    await whenStatus("filter-done", "Completed");
    const list = (query: string) =>
      readIds(call("GET", `instances?instanceIdPrefix=filter-&${query}`));
    expect(await list("runtimeStatus=running")).toEqual(["filter-wait"]);
    expect(await list("runtimeStatus=Failed,Completed")).toEqual([
      "filter-done",
    ]);
    expect(await list("runtimeStatus=Canceled")).toEqual([]);
    expect(await list("createdTimeFrom=2999-01-01T00:00:00Z")).toEqual([]);
    for (const query of ["runtimeStatus=Happy", "top=none", "createdTimeTo=x"])
      expect((await call("GET", `instances?${query}`)).status).toBe(400);
    const invalidToken = { "x-ms-continuation-token": "invalid" };
    const rejected = await call("GET", "instances", undefined, invalidToken);
    expect(rejected.status).toBe(400);
  });
});

describe("a purge", () => {
  test("removes one ended instance, or all that match a filter, and rejects a running one with 412", async () => {
    await startInstance("ended", "helloSequence");
    await whenStatus("ended", "Completed");
    const purge = (path: string) =>
      readResponse(call("DELETE", `instances${path}`));
    const oneDeleted = { status: 200, body: { instancesDeleted: 1 } };
    expect(await purge("/ended")).toEqual(oneDeleted);
    expect(await purge("/ended")).toEqual({ status: 404, body: "" });
    await startInstance("active", "approval", waitMs);
    await whenStatus("active", "Running");
    expect(await purge("/active")).toEqual({
      status: 412,
      body: "Only orchestrations in a terminal state can be purged, but the orchestration with instance ID active has status Running",
    });
    expect(await purge("?createdTimeTo=2999-01-01")).toEqual({
      status: 400,
      body: "Please provide value for 'createdTimeFrom' parameter.",
    });
    await startInstance("ended-1", "helloSequence");
    await startInstance("ended-2", "fails", "x");
    await whenStatus("ended-1", "Completed");
    await whenStatus("ended-2", "Failed");
    const all = "?createdTimeFrom=2000-01-01&instanceIdPrefix=ended-";
    expect(await purge(`${all}&runtimeStatus=Failed`)).toEqual(oneDeleted);
    expect(await purge(all)).toEqual(oneDeleted);
    expect(await purge(all)).toEqual({ status: 404, body: "" });
    expect((await call("GET", "instances/active")).status).toBe(202);
  });

  test("removes the state of an entity", async () => {
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
  test("starts an instance with the same input under a new id, or under the same id", async () => {
    await startInstance("restarted", "timer", 1);
    await whenStatus("restarted", "Completed");
    const restarted = await readResponse(
      call("POST", "instances/restarted/restart"),
    );
    const { id } = restarted.body as { readonly id: string };
    expect(restarted).toMatchObject({ status: 202 });
    expect(restarted.body).not.toHaveProperty("rewindPostUri");
    expect(id).not.toBe("restarted");
    expect(await whenStatus(id, "Completed")).toMatchObject({ input: 1 });
    const path = "instances/restarted/restart?restartWithNewInstanceId=false";
    expect(await readResponse(call("POST", path))).toMatchObject({
      status: 202,
      body: { id: "restarted" },
    });
  });

  test("is rejected for an unknown instance with 400 and for a running one with 409", async () => {
    expect(
      await readResponse(call("POST", "instances/missing/restart")),
    ).toEqual({
      status: 400,
      body: {
        Message: "InstanceId does not match a valid orchestration instance.",
      },
    });
    await startInstance("busy", "approval", waitMs);
    const path = "instances/busy/restart?restartWithNewInstanceId=false";
    expect((await call("POST", path)).status).toBe(409);
  });
});

test("lists the entities with a name, with their state when fetchState is true", async () => {
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
