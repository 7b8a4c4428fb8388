import { connect } from "node:net";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { eventually } from "../../support/shared/eventually";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const data = createTemporaryFolder();

let host: ListeningProcess;
beforeAll(async () => {
  host = await startHostCommand({
    app: resolve("local-cloud/test/fixtures/http-edges"),
    data,
  });
});
afterAll(async () => {
  await host.stop();
});

const call = (path: string, init?: RequestInit) =>
  fetch(`${host.url}${path}`, init);
const fetchJson = async (path: string, init?: RequestInit): Promise<unknown> =>
  (await call(path, init)).json();

/** Sends lines that an HTTP client would refuse to send; returns all data until the host closes the connection. */
async function sendRaw(...lines: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return text(socket);
}
const waitForLog = (line: string) =>
  eventually(() => {
    expect(host.output()).toContain(line);
  });

describe("an unusual request", () => {
  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])(
    "reaches the function with the method %s",
    async (method) => {
      const response = await call("/seen/a", { method });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-method")).toBe(method);
    },
  );

  test.each([
    ["/seen", undefined],
    ["/seen/", undefined],
    ["/SEEN/Case", "Case"],
    ["/seen/a%2Fb", "a/b"],
    ["/seen/%E2%9C%93?q=%", "✓"],
    ["/seen//a//b", "/a//b"],
    ["/seen/x/../y", "y"],
  ])("for %s passes the path parameter %s", async (path, expected) => {
    const seen = (await fetchJson(path)) as { path?: string };
    expect(seen.path).toBe(expected);
  });

  test.each([
    ["GET /seen/a HTTP/1.1", "Host: other:1", "http://other:1/seen/a"],
    ["GET http://whole/seen/a HTTP/1.1", "Host: x", "http://whole/seen/a"],
    ["GET /seen/a HTTP/1.1", "Host: x/y?z", "http://x/seen/a"],
    ["GET /seen/a HTTP/1.1", "Host: a b", "http://localhost:PORT/seen/a"],
    ["GET /seen/a HTTP/1.0", "X-Other: x", "http://localhost:PORT/seen/a"],
  ])("%s with %s has the URL %s", async (first, header, url) => {
    const response = await sendRaw(first, header, "Connection: close");
    const expected = url.replace("PORT", new URL(host.url).port);
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(response).toContain(JSON.stringify({ url: expected }).slice(1, -1));
  });

  test.each([
    ["GET //evil.example/seen/a HTTP/1.1", 404],
    ["OPTIONS * HTTP/1.1", 404],
    ["TRACE /seen/a HTTP/1.1", 404],
    ["BREW /seen/a HTTP/1.1", 400],
    ["GET seen/a HTTP/1.1", 400],
    ["not HTTP", 400],
  ])("%s returns %i", async (first, status) => {
    const response = await sendRaw(first, "Host: x", "Connection: close");
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test("joins the values of a header that is sent twice", async () => {
    const response = await sendRaw(
      "GET /seen/a HTTP/1.1",
      "Host: x",
      "X-Many: 1",
      "X-Many: 2",
      "Connection: close",
    );
    expect(response).toContain('"many":"1, 2"');
  });

  test("passes forms, and bodies without a content length", async () => {
    const form = new FormData();
    form.set("name", "Ann");
    form.set("file", new Blob(["abc"]), "a.txt");
    const init = { method: "POST", body: form };
    expect(await fetchJson("/form", init)).toEqual({ name: "Ann", bytes: 3 });
    const streamed = {
      method: "POST",
      body: new Blob(["abcd"]).stream(),
      duplex: "half" as const,
    };
    expect(await fetchJson("/size", streamed)).toBe(4);
  });

  test("with a body of more than 100 MB returns 413", async () => {
    const init = { method: "POST", body: Buffer.alloc(250 * 1024 * 1024) };
    const response = await call("/size", init);
    expect(response.status).toBe(413);
    expect(await response.text()).toBe("");
  });

  test("that is aborted midway does not affect other requests and is not logged", async () => {
    const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
    socket.end("POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab");
    await text(socket);
    expect(await fetchJson("/size", { method: "POST", body: "abc" })).toBe(3);
    expect(host.output()).not.toContain("Host.Http");
  });

  test("passes its trace context and its user to the function", async () => {
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const caller = { userId: "1", userDetails: "ann", identityProvider: "aad" };
    const principal = Buffer.from(
      JSON.stringify({ ...caller, userRoles: [] }),
    ).toString("base64");
    const headers = { traceparent: trace, "x-ms-client-principal": principal };
    expect(await fetchJson("/caller", { headers })).toEqual({
      user: "ann",
      trace,
      name: "caller",
      hasId: true,
    });
  });
});

describe("an unusual response", () => {
  test.each([201, 299, 404, 599])("has the status %i", async (status) => {
    expect((await call(`/status/${status}`)).status).toBe(status);
  });

  test.each(["/status/600", "/status/42", "/status/NaN", "/splitHeader"])(
    "that HTTP does not allow (%s) becomes 500 without a body",
    async (path) => {
      const response = await call(path);
      expect(response.status).toBe(500);
      expect([...response.headers.keys()]).not.toContain("set-cookie");
      expect(await response.text()).toBe("");
    },
  );

  test("has a content length, and none with status 204", async () => {
    const response = await call("/generated");
    expect(response.headers.get("content-length")).toBe("7");
    expect(await response.text()).toBe("one two");
    const none = await call("/noContent");
    expect(none.status).toBe(204);
    expect(none.headers.get("content-length")).toBeNull();
  });

  test("is returned when an output binding is not supported, which is logged as a warning", async () => {
    expect(await (await call("/withOutput")).text()).toBe("done");
    await waitForLog(
      "warning Function.withOutput: The output binding eventHubOutput",
    );
  });
});

describe("a misbehaving function", () => {
  test.each([
    ["string", "a thrown string"],
    ["object", '{"code":7}'],
    ["frozen", "Error: frozen"],
  ])("that throws a %s returns 500 and is logged", async (kind, reason) => {
    const response = await call(`/throws/${kind}`);
    expect(response.status).toBe(500);
    await waitForLog(`error Function.throws: ${reason}`);
  });

  test("returns 500 after the timeout of host.json", async () => {
    expect((await call("/endless")).status).toBe(500);
    await waitForLog("Timeout value of 1 s was exceeded by function: endless");
  });

  test("that logs after its completion is logged with a warning", async () => {
    await call("/logsAfterEnd");
    await waitForLog("Unexpected call to 'log' on the context object after");
    await waitForLog(
      "information Function.logsAfterEnd.User: logged after the end",
    );
  });
});
