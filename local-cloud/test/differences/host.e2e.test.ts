import { join } from "node:path";
import { hostDifferences } from "../../differences/host";
import { routeDifferences } from "../../differences/routes";
import { parseOutputMessages } from "../../functions-host/core/output-messages";
import { readHostJson } from "../../functions-host/core/host-json";
import { createTemporaryFolder } from "../support/cli/cloud-process";
import { useDifferencesApp } from "../support/functions-host/differences-app";
import { runFailingHost } from "../support/functions-host/failing-host";
import { createScratchApps } from "../support/functions-host/scratch-app";
import { tryDifferences } from "../support/functions-host/try-differences";

const { fetchPath } = useDifferencesApp();
const createApp = createScratchApps();
const scratch = createTemporaryFolder();
const get = async (path: string): Promise<unknown> =>
  (await fetchPath(`/api/${path}`)).json();
const statusOf = async (path: string) => (await fetchPath(path)).status;
const startErrorOf = async (name: string, code: string) => {
  const app = createApp({
    "index.js": `const { app } = require("@azure/functions"); ${code}`,
  });
  return (await runFailingHost({ app, data: join(scratch, name) })).output;
};

describe("a route of the local host", () => {
  tryDifferences(routeDifferences, {
    precedence: async () => {
      expect(await get("precedence/literal")).toMatchObject({ name: "b1" });
    },
    sameRoute: async () => {
      expect(await get("same")).toMatchObject({ name: "d2" });
    },
    constraints: async () => {
      expect(await statusOf("/api/constrained/longer")).toBe(200);
    },
    unknownConstraint: async () => {
      expect(await statusOf("/api/unknown-constraint/x")).toBe(200);
    },
    leadingSlash: async () => {
      expect(await statusOf("/api/leading")).toBe(200);
    },
    guid: async () => {
      const guid =
        'app.http("g", { route: "g/{p:guid}", handler: () => ({}) });';
      expect(await startErrorOf("guid", guid)).toContain(
        'Function g cannot be served at the route "g/{p:guid}"',
      );
    },
    defaultValue: async () => {
      expect(await statusOf("/api/default")).toBe(404);
    },
    twoParameters: async () => {
      expect(await get("file/a.b.c")).toMatchObject({
        params: { name: "a", ext: "b.c" },
      });
    },
    encodedSlash: async () => {
      expect(await get("segment/a%2Fb")).toMatchObject({
        params: { x: "a/b" },
      });
    },
    brokenEscape: async () => {
      expect(await statusOf("/api/segment/%E0%A4%A")).toBe(404);
    },
    routePrefix: () => {
      const hostJson = JSON.stringify({
        version: "2.0",
        extensions: { http: { routePrefix: "%PREFIX%" } },
      });
      const folder = createApp({ "host.json": hostJson });
      expect(readHostJson(folder, { PREFIX: "v1" }).routePrefix).toBe("v1");
    },
  });
});

describe("the local host", () => {
  tryDifferences(hostDifferences, {
    bodySizeSetting: async () => {
      const init = { method: "POST", body: "x".repeat(20) };
      expect(await (await fetchPath("/api/size", init)).text()).toBe("20");
    },
    entryPoints: async () => {
      expect(await get("loadedFiles")).toEqual(["functions.js", "zz.js"]);
    },
    invalidBinding: async () => {
      const queue =
        'app.storageQueue("q", { queueName: "qq", connection: "AzureWebJobsStorage", handler: () => undefined });';
      expect(await startErrorOf("invalid-binding", queue)).toContain("qq");
    },
    traceContext: async () => {
      const traceparent =
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const response = await fetchPath("/api/traceContext", {
        headers: { traceparent },
      });
      expect(await response.json()).toMatchObject({ traceParent: traceparent });
    },
    queueOutput: () => {
      expect(parseOutputMessages({ json: "true" })).toEqual([
        { kind: "json", text: "true" },
      ]);
      expect(parseOutputMessages({ json: "[null]" })).toEqual([]);
    },
  });
});
