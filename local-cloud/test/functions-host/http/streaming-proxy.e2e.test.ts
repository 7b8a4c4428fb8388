import { resolve } from "node:path";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const data = createTemporaryFolder();

let host: ListeningProcess;
beforeAll(async () => {
  host = await startHostCommand({
    app: resolve("local-cloud/test/fixtures/stream-app"),
    data,
  });
});
afterAll(async () => {
  await host.stop();
});

const call = (path: string, init?: RequestInit) =>
  fetch(`${host.url}/api/${path}`, init);

const readParts = ({ body }: Response): AsyncIterator<string> => {
  if (body === null) throw new Error("The response has no body.");
  const text = body.pipeThrough(new TextDecoderStream());
  return text[Symbol.asyncIterator]();
};

describe("an app that streams HTTP", () => {
  test("sends each part as soon as it is written", async () => {
    const response = await call("parts");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.getSetCookie()).toEqual(["a=1"]);
    const parts = readParts(response);
    expect((await parts.next()).value).toBe("first");
    expect((await call("release")).status).toBe(204);
    expect((await parts.next()).value).toBe("second");
    expect((await parts.next()).done).toBe(true);
  });

  test("receives the request, with route parameters, JSON body and the last values of the query as parameters", async () => {
    const body = JSON.stringify({ task: "text", list: [1], id: "body" });
    const response = await call(
      "received/7?task=first&name=n&code=key&task=last",
      {
        method: "POST",
        headers: { "content-type": "application/json", "x-one": "1" },
        body,
      },
    );
    expect(await response.json()).toEqual({
      params: { id: "body", name: "n", task: "last" },
      url: `${host.url}/api/received/7?task=first&name=n&code=key&task=last`,
      header: "1",
      body,
    });
  });

  test.each([
    ["nothing", 204],
    ["throwing", 500],
  ])(
    "that responds with %s returns %i without waiting",
    async (path, status) => {
      const response = await call(path);
      expect(response.status).toBe(status);
      expect(await response.text()).toBe("");
    },
  );

  test("that fails midway aborts the response and logs the error", async () => {
    const parts = readParts(await call("broken"));
    expect((await parts.next()).value).toBe("first");
    await call("release");
    await expect(parts.next()).rejects.toThrow("terminated");
    expect(host.output()).toContain("error Function.broken: Error: midway");
  });

  test("continues after a client disconnects", async () => {
    const disconnecting = new AbortController();
    await call("parts", { signal: disconnecting.signal });
    disconnecting.abort();
    expect((await call("release")).status).toBe(204);
    expect(host.output()).not.toContain("Host.Http");
  });
});
