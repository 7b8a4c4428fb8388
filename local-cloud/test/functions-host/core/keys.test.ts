import fc from "fast-check";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type HostKeys,
  loadOrCreateKeys,
  authorizesFunction,
  authorizesWebhook,
} from "../../../functions-host/core/keys";
import { createTemporaryFolder } from "../../support/cli/cloud-process";

const folder = createTemporaryFolder();
const keys: HostKeys = {
  masterKey: "master",
  functionKeys: { default: "default" },
  systemKeys: { durabletask_extension: "system" },
};
const given = ["none", "master", "default", "system"] as const;
const accepted = (test: (key: string | undefined) => boolean) =>
  given.filter((key) => test(key === "none" ? undefined : key));

describe("the keys of a host", () => {
  test.each([
    ["anonymous", given],
    ["function", ["master", "default"]],
    ["admin", ["master"]],
    ["unknown", ["master"]],
  ])("open a function of level %s as far as they may", (level, expected) => {
    expect(accepted((key) => authorizesFunction(keys, level, key))).toEqual(
      expected,
    );
  });

  test("open webhooks with the system or the master key", () => {
    expect(accepted((key) => authorizesWebhook(keys, key))).toEqual([
      "master",
      "system",
    ]);
  });

  test("open nothing when only part of them is known", () => {
    const almost = fc.oneof(
      fc.string(),
      fc.nat(5).map((length) => "master".slice(0, length)),
      fc.string({ minLength: 1 }).map((more) => `master${more}`),
    );
    fc.assert(
      fc.property(almost, (key) => {
        expect(authorizesFunction(keys, "admin", key)).toBe(false);
      }),
    );
  });

  test("are made once, long, different, and for their owner alone", () => {
    const path = join(folder, "keys.json");
    const { masterKey, functionKeys, systemKeys } = loadOrCreateKeys(path);
    const made = [
      masterKey,
      functionKeys.default,
      systemKeys.durabletask_extension,
    ];
    expect(new Set(made).size).toBe(3);
    for (const key of made) expect(key).toMatch(/^[\w-]{43,}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["keys.json"]);
    expect(loadOrCreateKeys(path).masterKey).toBe(masterKey);
  });

  test("are not replaced when their file is damaged", () => {
    const path = join(folder, "damaged.json");
    writeFileSync(path, "{}");
    expect(() => loadOrCreateKeys(path)).toThrow("masterKey: ");
    expect(readFileSync(path, "utf8")).toBe("{}");
  });
});
