import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

interface Keys {
  readonly masterKey: string;
  readonly functionKeys: { readonly default: string };
  readonly systemKeys: { readonly durabletask_extension: string };
}

const data = createTemporaryFolder();
const file = join(data, "keys.json");
const start = () =>
  startHostCommand({
    app: resolve("local-cloud/test/fixtures/http-app"),
    data,
    args: ["--auth"],
    env: { ROUTE_PREFIX: "api" },
  });

let host: ListeningProcess;
let keys: Readonly<
  Record<"none" | "wrong" | "default" | "master" | "system", string>
>;
beforeAll(async () => {
  host = await start();
  const stored = JSON.parse(readFileSync(file, "utf8")) as Keys;
  keys = {
    none: "",
    wrong: "wrong",
    default: stored.functionKeys.default,
    master: stored.masterKey,
    system: stored.systemKeys.durabletask_extension,
  };
});
afterAll(async () => {
  await host.stop();
});

describe("a host with --auth", () => {
  test.each([
    ["open", "none", 200],
    ["keyRequired", "none", 401],
    ["keyRequired", "wrong", 401],
    ["keyRequired", "system", 401],
    ["keyRequired", "default", 200],
    ["keyRequired", "master", 200],
    ["adminOnly", "default", 401],
    ["adminOnly", "master", 200],
  ] as const)(
    "responds to %s with the %s key with %i",
    async (path, key, status) => {
      const url = `${host.url}/api/${path}`;
      const inHeader = await fetch(url, {
        headers: key === "none" ? {} : { "x-functions-key": keys[key] },
      });
      const inQuery = await fetch(`${url}?code=${keys[key]}`);
      expect([inHeader.status, inQuery.status]).toEqual([status, status]);
      if (status === 401) expect(await inHeader.text()).toBe("");
      expect(inHeader.headers.get("x-content-type-options")).toBe("nosniff");
    },
  );

  test.each([
    ["none", 401],
    ["default", 403],
    ["system", 404],
    ["master", 404],
  ] as const)(
    "responds to a webhook with the %s key with %i",
    async (key, status) => {
      const path = "runtime/webhooks/DurableTask/instances/unknown";
      const response = await fetch(`${host.url}/${path}?code=${keys[key]}`);
      expect(response.status).toBe(status);
      expect(response.headers.get("www-authenticate")).toBe(
        status === 401 ? "Bearer" : null,
      );
    },
  );

  test("stores its keys in a file that only its owner can read, and logs its path", () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(host.output()).toContain(file);
    expect(host.output()).not.toContain(keys.master);
  });

  test("keeps its keys across a restart", async () => {
    await host.stop();
    host = await start();
    const stored = JSON.parse(readFileSync(file, "utf8")) as Keys;
    expect(stored.masterKey).toBe(keys.master);
  });
});
