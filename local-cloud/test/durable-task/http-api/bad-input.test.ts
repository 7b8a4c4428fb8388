/** Responses of every route to invalid requests. Status codes and texts are those of the Durable Task extension. */
import {
  createApi,
  snapshotHub,
  stopApiHubs,
} from "../../support/durable-task/api-in-process";

afterEach(stopApiHubs);

/** A valid request for every route; each test makes it invalid. */
const routes: readonly (readonly [method: string, path: string])[] = [
  ["POST", "orchestrators/echo"],
  ["POST", "orchestrators/echo/new"],
  ["GET", "instances"],
  ["GET", "instances/Running"],
  ["POST", "instances/Running/raiseEvent/e"],
  ["POST", "instances/Running/terminate"],
  ["POST", "instances/Running/suspend"],
  ["POST", "instances/Suspended/resume"],
  ["POST", "instances/Failed/rewind"],
  ["POST", "instances/Completed/restart"],
  ["DELETE", "instances"],
  ["DELETE", "instances/Completed"],
  ["GET", "entities"],
  ["GET", "entities/counter"],
  ["GET", "entities/counter/key"],
  ["POST", "entities/counter/key"],
  ["DELETE", "entities/counter/key"],
];
const pathsWithBody = [
  "orchestrators/echo",
  "orchestrators/echo/new",
  "instances/Running/raiseEvent/e",
  "entities/counter/key",
];

describe("the name of another task hub", () => {
  test.each(routes)(
    "is rejected by %s %s with 404 and both names",
    async (method, path) => {
      const { hub, request } = await createApi();
      const before = snapshotHub(hub);
      const { status, text } = await request(method, `${path}?taskHub=There`, {
        body: "1",
      });
      expect(status).toBe(404);
      expect(text).toMatch(/no task hub 'There'.* 'Here'/);
      await hub.whenIdle();
      expect(snapshotHub(hub)).toEqual(before);
    },
  );
});

describe("a body that is not JSON", () => {
  const bodies = ["{", "text", "{'a':1}", "[1,]", '"open', "\u0000", "1 2"];

  test.each(pathsWithBody)("is rejected by POST %s with 400", async (path) => {
    const { hub, request } = await createApi();
    const before = snapshotHub(hub);
    for (const body of bodies) {
      const { status, text } = await request("POST", path, { body });
      expect({ body, status }).toEqual({ body, status: 400 });
      expect(text).toMatch(/Invalid JSON content|Could not parse JSON content/);
    }
    await hub.whenIdle();
    expect(snapshotHub(hub)).toEqual(before);
  });

  test("is rejected by raiseEvent with 400 when it is empty, and when it is text/plain", async () => {
    const { request } = await createApi();
    const path = "instances/Running/raiseEvent/e";
    expect(await request("POST", path)).toMatchObject({ status: 400 });
    expect(
      await request("POST", path, { body: "1", type: "text/plain" }),
    ).toMatchObject({
      status: 400,
      text: expect.stringContaining("Only application/json") as string,
    });
  });

  test("is accepted by an entity signal as text/plain", async () => {
    const { request } = await createApi();
    const text = { body: "{text", type: "text/plain" };
    expect(
      await request("POST", "entities/counter/key?op=x", text),
    ).toMatchObject({
      status: 202,
    });
  });

  test("is ignored by the routes without a body", async () => {
    const { request } = await createApi();
    for (const [method, path] of routes)
      if (!pathsWithBody.includes(path) && method !== "DELETE")
        expect(
          await request(method, path, { body: "{text" }),
        ).not.toMatchObject({
          status: 400,
        });
  });
});

describe("a body over maxPayloadBytes", () => {
  test.each(pathsWithBody)("is rejected by POST %s with 413", async (path) => {
    const { hub, request } = await createApi({ maxPayloadBytes: 1000 });
    const before = snapshotHub(hub);
    const body = JSON.stringify("x".repeat(999));
    const { status, text } = await request("POST", path, { body });
    expect(status).toBe(413);
    expect(text).toContain("1000 bytes");
    expect(snapshotHub(hub)).toEqual(before);
    const fits = JSON.stringify("x".repeat(998));
    expect(await request("POST", path, { body: fits })).toMatchObject({
      status: 202,
    });
  });
});

describe("the instance id", () => {
  test("with a slash is rejected with 404", async () => {
    const { request } = await createApi();
    expect(await request("POST", "orchestrators/echo/a%2Fb")).toMatchObject({
      status: 404,
    });
  });

  test.each([
    "@counter@one",
    "@",
    "a%5Cb",
    "a%3Fb",
    "a%23b",
    "a%1Fb",
    "a%7Fb",
    "a%C2%85b",
    "x".repeat(300),
    "ümlaut%20%26%25",
    "a@b",
    "$",
    "-",
  ])("%s is accepted, and the instance is found by it", async (id) => {
    const { hub, request } = await createApi();
    expect(await request("POST", `orchestrators/echo/${id}`)).toMatchObject({
      status: 202,
    });
    await hub.whenIdle();
    const { status, text } = await request("GET", `instances/${id}`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      instanceId: decodeURIComponent(id),
      runtimeStatus: "Completed",
    });
  });

  test("with the character U+0000 is rejected with 400, like such an entity key", async () => {
    const { hub, request } = await createApi();
    const before = snapshotHub(hub);
    for (const path of ["orchestrators/echo/a%00b", "entities/counter/a%00b"])
      expect(await request("POST", path)).toMatchObject({
        status: 400,
        text: expect.stringContaining("U+0000") as string,
      });
    expect(snapshotHub(hub)).toEqual(before);
  });

  test("of an orchestration and an entity may be equal", async () => {
    const { hub, request } = await createApi();
    await request("POST", "orchestrators/echo/@counter@one");
    await request("POST", "entities/counter/one?op=add", { body: "1" });
    await hub.whenIdle();
    expect(hub.getInstance("@counter@one")?.status).toBe("Completed");
    expect(hub.getEntity({ name: "counter", key: "one" })).toBeDefined();
  });

  test.each(["a%5Cb", "a%3Fb", "a%23b", "a%01b"])(
    "%s is accepted as an entity key",
    async (key) => {
      const { request } = await createApi();
      for (const method of ["POST", "DELETE"])
        expect(await request(method, `entities/counter/${key}`)).toMatchObject({
          status: 202,
        });
    },
  );
});

test("signals the entity with the empty key when the URL has none", async () => {
  const { hub, request } = await createApi();
  expect(
    await request("POST", "entities/counter?op=add", { body: "1" }),
  ).toMatchObject({ status: 202 });
  await hub.whenIdle();
  expect(hub.getEntity({ name: "counter", key: "" })).toBeDefined();
});

test.each([
  ["GET", "instances?top=0"],
  ["GET", "instances?top=many"],
  ["GET", "instances?createdTimeFrom=yesterday"],
  ["GET", "instances?runtimeStatus=Asleep"],
  ["GET", "entities?lastOperationTimeTo=soon"],
  ["DELETE", "instances"],
  ["DELETE", "instances?createdTimeFrom=never"],
  ["DELETE", "instances?createdTimeFrom=2020-01-01&runtimeStatus=Asleep"],
])(
  "%s %s is rejected with 400 and the name of the parameter",
  async (method, path) => {
    const { hub, request } = await createApi();
    const before = snapshotHub(hub);
    const { status, text } = await request(method, path);
    expect(status).toBe(400);
    expect(text).toMatch(/'\w+'/);
    expect(snapshotHub(hub)).toEqual(before);
  },
);

test.each(["not-a-token", "e30", "bnVsbA"])(
  "rejects the continuation token %s, which the hub did not issue, with 400",
  async (token) => {
    const { request } = await createApi();
    for (const path of ["instances", "entities"])
      expect(
        await request("GET", path, {
          headers: { "x-ms-continuation-token": token },
        }),
      ).toMatchObject({ status: 400 });
  },
);

test.each([
  ["GET", "orchestrators/echo"],
  ["DELETE", "orchestrators/echo/new"],
  ["POST", "instances"],
  ["PUT", "instances/Running"],
  ["POST", "instances/Running"],
  ["GET", "instances/Running/terminate"],
  ["DELETE", "instances/Running/raiseEvent/e"],
  ["POST", "instances/Running/raiseEvent"],
  ["POST", "instances/Running/explode"],
  ["POST", "entities"],
  ["DELETE", "entities/counter"],
  ["PATCH", "entities/counter/key"],
  ["GET", "entities/counter/key/more"],
  ["GET", ""],
  ["POST", "nothing"],
])("%s %s is not a route: 404", async (method, path) => {
  const { hub, request } = await createApi();
  const before = snapshotHub(hub);
  expect(await request(method, path, { body: "1" })).toMatchObject({
    status: 404,
  });
  await hub.whenIdle();
  expect(snapshotHub(hub)).toEqual(before);
});
