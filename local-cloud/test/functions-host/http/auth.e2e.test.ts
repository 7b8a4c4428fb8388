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
  const made = JSON.parse(readFileSync(file, "utf8")) as Keys;
  keys = {
    none: "",
    wrong: "wrong",
    default: made.functionKeys.default,
    master: made.masterKey,
    system: made.systemKeys.durabletask_extension,
  };
});
afterAll(async () => {
  await host.stop();
});

describe("a host that asks for keys", () => {
  test.each([
    ["open", "none", 200],
    ["guarded", "none", 401],
    ["guarded", "wrong", 401],
    ["guarded", "system", 401],
    ["guarded", "default", 200],
    ["guarded", "master", 200],
    ["ruled", "default", 401],
    ["ruled", "master", 200],
  ] as const)(
    "answers %s with the %s key with its status",
    async (path, key, status) => {
      const url = `${host.url}/api/${path}`;
      const inHeader = await fetch(url, {
        headers: key === "none" ? {} : { "x-functions-key": keys[key] },
      });
      const inQuery = await fetch(`${url}?code=${keys[key]}`);
      expect([inHeader.status, inQuery.status]).toEqual([status, status]);
      if (status === 401) expect(await inHeader.text()).toBe("");
    },
  );

  test.each([
    ["none", 401],
    ["default", 401],
    ["system", 404],
    ["master", 404],
  ] as const)(
    "with the %s key answers a webhook with %i",
    async (key, status) => {
      const path = "runtime/webhooks/DurableTask/instances/unknown";
      const response = await fetch(`${host.url}/${path}?code=${keys[key]}`);
      expect(response.status).toBe(status);
    },
  );

  test("keeps its keys for its owner alone, and says where", () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(host.output()).toContain(file);
    expect(host.output()).not.toContain(keys.master);
  });

  test("has the same keys at its next start", async () => {
    await host.stop();
    host = await start();
    const made = JSON.parse(readFileSync(file, "utf8")) as Keys;
    expect(made.masterKey).toBe(keys.master);
  });
});
