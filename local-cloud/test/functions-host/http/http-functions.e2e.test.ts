import { resolve } from "node:path";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const app = resolve("local-cloud/test/fixtures/http-app");
const data = createTemporaryFolder();

let host: ListeningProcess;
beforeAll(async () => {
  host = await startHostCommand({
    app,
    data,
    env: { ROUTE_PREFIX: "v1", "AzureWebJobs.switchedOff.Disabled": "true" },
  });
});
afterAll(async () => {
  await host.stop();
});

const call = (path: string, init?: RequestInit) =>
  fetch(`${host.url}/v1/${path}`, init);
const fetchJson = async (path: string, init?: RequestInit): Promise<unknown> =>
  (await call(path, init)).json();

describe("a request", () => {
  test("passes its route parameters, query and headers to the function", async () => {
    const path = "PARTS/Ann/12?a=1&b=x%20y&a=2&empty=";
    const headers = { "X-MIXED-case": "kept" };
    expect(await fetchJson(path, { headers })).toEqual({
      params: { name: "Ann", count: "12" },
      query: { a: "1,2", b: "x y", empty: "" },
      path: "/v1/PARTS/Ann/12",
      header: "kept",
    });
  });

  test("matches a catch-all route", async () => {
    expect(await (await call("files/a/b%20c.txt")).text()).toBe("a/b c.txt");
  });

  test.each(["text ✓", "", '{"a":1}'])(
    "passes the body %j unchanged",
    async (body) => {
      const headers = { "content-type": "text/x-test" };
      const response = await call("echo", { method: "PUT", headers, body });
      expect(response.headers.get("content-type")).toBe("text/x-test");
      expect(await response.text()).toBe(body);
    },
  );

  test("passes a binary body of 5 MB unchanged", async () => {
    const body = Buffer.alloc(5_000_000, Buffer.from([0, 255, 13, 10, 128]));
    const headers = { "content-type": "application/octet-stream" };
    const response = await call("echo", { method: "POST", headers, body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  test.each([
    ["GET", "unknown"],
    ["GET", "echo"],
    ["DELETE", "open"],
    ["GET", "switchedOff"],
    ["GET", "parts/Ann/many"],
    ["GET", "files/%zz"],
    ["GET", "/double"],
  ])("%s %s returns 404 without a body", async (method, path) => {
    const response = await call(path, { method });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe("");
  });

  test("for the root returns the name of the app and its functions", async () => {
    const page = await (await fetch(host.url)).text();
    expect(page).toContain("http-app");
    expect(page).toContain("clientInput");
    expect(page).not.toContain("switchedOff");
  });
});

describe("a response", () => {
  test("has the function's status, headers, cookies and body", async () => {
    const response = await call("created");
    expect(response.status).toBe(201);
    expect(response.headers.get("x-one")).toBe("1");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.getSetCookie()).toEqual([
      "plain=a%20b",
      "full=x; Path=/api; Max-Age=60; SameSite=Lax; Secure; HttpOnly",
    ]);
    expect(await response.json()).toEqual({ id: 7 });
  });

  test.each(["nothing", "returnsNull", "throwsNull"])(
    "is 204 without a body for the function %s",
    async (name) => {
      const response = await call(name);
      expect(response.status).toBe(204);
      expect(await response.text()).toBe("");
    },
  );

  test.each([
    ["/v1/nothing", 204],
    ["/v1/throwing", 500],
    ["/v1/unknown", 404],
    ["/runtime/webhooks/durabletask/instances/unknown", 404],
    ["/", 200],
  ])("of %s has the custom headers of host.json", async (path, status) => {
    const response = await fetch(`${host.url}${path}`);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("x-one")).toBe("of host.json");
  });

  test("is 500 without a body when the function throws, and the error is logged", async () => {
    const response = await call("throwing");
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("");
    expect(host.output()).toMatch(
      /error Function\.throwing: Error: private details\n +at /,
    );
  });

  test("is 500 when the function does not return a response object", async () => {
    expect((await call("notAnObject")).status).toBe(500);
    expect(host.output()).toContain("The HTTP response must be an object");
  });
});

describe("an invocation", () => {
  test("runs the app's hooks around the function", async () => {
    const expected = { given: "changed input", isStarted: true };
    expect(await fetchJson("hooked")).toEqual(expected);
    const recovered = await call("recovered");
    expect(recovered.status).toBe(418);
    expect(await recovered.text()).toBe("handled by the hook");
  });

  test("passes null to the hooks as the error of a success and the result of a failure", async () => {
    await call("returnsNull");
    await call("throwing");
    expect(await fetchJson("seenByHooks")).toEqual({
      error: null,
      result: null,
    });
  });

  test("has the trace context of the request, or an empty one", async () => {
    expect(await fetchJson("traced")).toEqual({
      traceParent: "",
      traceState: "",
      attributes: {},
    });
    const traceparent =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    expect(await fetchJson("traced", { headers: { traceparent } })).toEqual({
      traceParent: traceparent,
      traceState: "",
      attributes: {},
    });
  });

  test("that throws an object fails with its JSON as the message", async () => {
    expect((await call("throwsObject")).status).toBe(500);
    expect(host.output()).toContain('error Function.throwsObject: {"code":5}');
  });

  test("applies the log hooks to the log calls of the function", async () => {
    await call("logging");
    expect(host.output()).toContain(
      "information Function.logging.User: a ****** of the user",
    );
    expect(host.output()).not.toContain("a detail");
  });

  test("has the environment and working directory of the Azure Functions worker", async () => {
    expect(await fetchJson("environment")).toEqual({
      cwdHasHostJson: true,
      hostname: new URL(host.url).host,
      runtime: "node",
      scriptRoot: app,
      prefix: "v1",
    });
  });

  test("receives the values of its input bindings from the extensions", async () => {
    expect(await fetchJson("clientInput")).toEqual({
      baseUrl: `${host.url}/runtime/webhooks/durabletask`,
    });
  });
});

test("a function with an unsupported trigger is logged at the start", () => {
  expect(host.output()).toContain("Function blob will not run");
});
