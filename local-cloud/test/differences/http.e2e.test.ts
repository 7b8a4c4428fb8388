import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join, resolve } from "node:path";
import { httpDifferences } from "../../differences/http";
import {
  createTemporaryFolder,
  type ListeningProcess,
  startHostCommand,
} from "../support/cli/cloud-process";
import { useDifferencesApp } from "../support/functions-host/differences-app";
import { tryDifferences } from "../support/functions-host/try-differences";

const { fetchPath, data, url } = useDifferencesApp(["--auth"]);
const streamData = createTemporaryFolder();
let streamHost: ListeningProcess;
beforeAll(async () => {
  const app = resolve("local-cloud/test/fixtures/stream-app");
  streamHost = await startHostCommand({ app, data: streamData });
});
afterAll(() => streamHost.stop());

interface StoredKeys {
  readonly masterKey: string;
  readonly functionKeys: { readonly default: string };
}
const keys = () =>
  JSON.parse(readFileSync(join(data, "keys.json"), "utf8")) as StoredKeys;
const statusOf = async (path: string, init?: RequestInit) =>
  (await fetchPath(path, init)).status;
const withMasterKey = () => ({
  headers: { "x-functions-key": keys().masterKey },
});

/** Sends chunks without a content length. */
const sendChunks = (path: string, chunks: readonly Buffer[]) =>
  new Promise<{ readonly status?: number; readonly text: string }>(
    (fulfil, reject) => {
      const sent = request(
        `${url()}${path}`,
        { method: "POST" },
        (response) => {
          let text = "";
          response.on("data", (part: Buffer) => (text += part.toString()));
          response.once("end", () => {
            fulfil({ status: response.statusCode ?? 0, text });
          });
        },
      );
      sent.once("error", reject);
      for (const chunk of chunks) sent.write(chunk);
      sent.end();
    },
  );

describe("the local host", () => {
  tryDifferences(httpDifferences, {
    cookies: async () => {
      const { headers } = await fetchPath("/api/cookie");
      expect(headers.getSetCookie()).toEqual(["a=1; Max-Age=60"]);
    },
    headerValue: async () => {
      expect(await statusOf("/api/accent")).toBe(200);
    },
    bodyOverLimit: async () => {
      const megabytes = Array.from({ length: 101 }, () =>
        Buffer.alloc(1024 * 1024),
      );
      const { status } = await sendChunks("/api/size", megabytes);
      expect(status).toBe(413);
    },
    longUrl: async () => {
      const query = "x".repeat(9000);
      expect(await statusOf(`/api/loadedFiles?${query}`)).toBe(200);
    },
    chunkedBody: async () => {
      const parts = [Buffer.from("ab"), Buffer.from("cd")];
      expect((await sendChunks("/api/size", parts)).text).toBe("4");
    },
    streamWithoutResult: async () => {
      const { status } = await fetch(`${streamHost.url}/api/nothing`);
      expect(status).toBe(204);
    },
    streamWithError: async () => {
      const { status } = await fetch(`${streamHost.url}/api/throwing`);
      expect(status).toBe(500);
    },
    disabledWithKey: async () => {
      expect(await statusOf("/api/keyRequired")).toBe(401);
      expect(await statusOf("/api/offWithKey")).toBe(404);
    },
    keyCase: async () => {
      const key = keys().functionKeys.default;
      expect(await statusOf(`/api/keyRequired?code=${key}`)).toBe(200);
      expect(await statusOf(`/api/keyRequired?CODE=${key}`)).toBe(401);
      const upper = key.toUpperCase();
      expect(await statusOf(`/api/keyRequired?code=${upper}`)).toBe(401);
    },
    adminStatus: async () => {
      for (const path of ["host/status", "host/keys", "functions"])
        expect(await statusOf(`/admin/${path}`, withMasterKey())).toBe(404);
    },
    ping: async () => {
      for (const path of ["host/ping", "warmup"])
        expect(await statusOf(`/admin/${path}`)).toBe(404);
    },
    adminInvokeOfHttp: async () => {
      const body = '{"input":""}';
      const init = { ...withMasterKey(), method: "POST", body };
      expect(await statusOf("/admin/functions/cookie", init)).toBe(404);
    },
    adminInvokeWithoutBody: async () => {
      const init = { ...withMasterKey(), method: "POST" };
      expect(await statusOf("/admin/functions/tick", init)).toBe(202);
    },
  });
});
