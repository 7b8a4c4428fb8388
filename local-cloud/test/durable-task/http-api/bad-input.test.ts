/** What the HTTP API answers to requests that are wrong: every route. Codes and texts are those of the extension. */
import {
  createApi,
  snapshotHub,
  stopApiHubs,
} from "../../support/durable-task/api-in-process";

afterEach(stopApiHubs);

/** Every route, as a request that is right but for what a test makes wrong. */
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
const withBody = [
  "orchestrators/echo",
  "orchestrators/echo/new",
  "instances/Running/raiseEvent/e",
  "entities/counter/key",
];

describe("another hub", () => {
  test.each(routes)("is unknown to %s %s", async (method, path) => {
    const { hub, ask } = await createApi();
    const before = snapshotHub(hub);
    const { status, text } = await ask(method, `${path}?taskHub=There`, {
      body: "1",
    });
    expect(status).toBe(404);
    expect(text).toMatch(/no task hub 'There' .* 'Here'/);
    await hub.whenIdle();
    expect(snapshotHub(hub)).toEqual(before);
  });
});

describe("a body that is no JSON", () => {
  const bodies = ["{", "nope", "{'a':1}", "[1,]", '"open', "\u0000", "1 2"];

  test.each(withBody)("is refused by POST %s", async (path) => {
    const { hub, ask } = await createApi();
    const before = snapshotHub(hub);
    for (const body of bodies) {
      const { status, text } = await ask("POST", path, { body });
      expect({ body, status }).toEqual({ body, status: 400 });
      expect(text).toMatch(/Invalid JSON content|Could not parse JSON content/);
    }
    await hub.whenIdle();
    expect(snapshotHub(hub)).toEqual(before);
  });

  test("is refused by an event even when there is none, or is called something else", async () => {
    const { ask } = await createApi();
    const path = "instances/Running/raiseEvent/e";
    expect(await ask("POST", path)).toMatchObject({ status: 400 });
    expect(
      await ask("POST", path, { body: "1", type: "text/plain" }),
    ).toMatchObject({
      status: 400,
      text: expect.stringContaining("Only application/json") as string,
    });
  });

  test("is text for an entity when it is called so", async () => {
    const { ask } = await createApi();
    const text = { body: "{nope", type: "text/plain" };
    expect(await ask("POST", "entities/counter/key?op=x", text)).toMatchObject({
      status: 202,
    });
  });

  test("does not matter where no body is read", async () => {
    const { ask } = await createApi();
    for (const [method, path] of routes)
      if (!withBody.includes(path) && method !== "DELETE")
        expect(await ask(method, path, { body: "{nope" })).not.toMatchObject({
          status: 400,
        });
  });
});

describe("a body over the limit", () => {
  test.each(withBody)("is refused by POST %s", async (path) => {
    const { hub, ask } = await createApi({ maxPayloadBytes: 1000 });
    const before = snapshotHub(hub);
    const body = JSON.stringify("x".repeat(999));
    const { status, text } = await ask("POST", path, { body });
    expect(status).toBe(413);
    expect(text).toContain("1000 bytes");
    expect(snapshotHub(hub)).toEqual(before);
    const fits = JSON.stringify("x".repeat(998));
    expect(await ask("POST", path, { body: fits })).toMatchObject({
      status: 202,
    });
  });
});

describe("an id", () => {
  test.each([
    ["@counter@one", "an entity's"],
    ["@", "an entity's"],
    ["a%5Cb", "with a backslash"],
    ["a%3Fb", "with a question mark"],
    ["a%23b", "with a hash"],
    ["a%00b", "with a NUL"],
    ["a%1Fb", "with a control character"],
    ["a%7Fb", "with a delete character"],
    ["a%C2%85b", "with a C1 control character"],
    ["x".repeat(257), "of 257 characters"],
  ])("%s (%s) is refused", async (id) => {
    const { hub, ask } = await createApi();
    const before = snapshotHub(hub);
    const { status, text } = await ask("POST", `orchestrators/echo/${id}`);
    expect(status).toBe(400);
    expect(text).toMatch(/instance id/);
    expect(snapshotHub(hub)).toEqual(before);
  });

  test("with a slash names no route", async () => {
    const { ask } = await createApi();
    expect(await ask("POST", "orchestrators/echo/a%2Fb")).toMatchObject({
      status: 404,
    });
  });

  test.each(["x".repeat(256), "ümlaut%20%26%25", "a@b", "$", "-"])(
    "%s is taken",
    async (id) => {
      const { hub, ask } = await createApi();
      expect(await ask("POST", `orchestrators/echo/${id}`)).toMatchObject({
        status: 202,
      });
      await hub.whenIdle();
      expect(await ask("GET", `instances/${id}`)).toMatchObject({
        status: 200,
      });
    },
  );

  test.each(["a%5Cb", "a%3Fb", "a%23b", "a%01b"])(
    "%s is refused for an entity",
    async (key) => {
      const { ask } = await createApi();
      for (const method of ["POST", "DELETE"])
        expect(await ask(method, `entities/counter/${key}`)).toMatchObject({
          status: 400,
        });
    },
  );
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
])("%s %s is refused, naming the parameter", async (method, path) => {
  const { hub, ask } = await createApi();
  const before = snapshotHub(hub);
  const { status, text } = await ask(method, path);
  expect(status).toBe(400);
  expect(text).toMatch(/'\w+'/);
  expect(snapshotHub(hub)).toEqual(before);
});

test.each(["not-a-token", "e30", "bnVsbA"])(
  "a continuation token that the hub did not give is refused: %s",
  async (token) => {
    const { ask } = await createApi();
    for (const path of ["instances", "entities"])
      expect(
        await ask("GET", path, {
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
])("%s %s is nothing that there is: 404", async (method, path) => {
  const { hub, ask } = await createApi();
  const before = snapshotHub(hub);
  expect(await ask(method, path, { body: "1" })).toMatchObject({ status: 404 });
  await hub.whenIdle();
  expect(snapshotHub(hub)).toEqual(before);
});
