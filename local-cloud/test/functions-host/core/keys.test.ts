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
const keyNames = ["none", "master", "default", "system"] as const;
const findAcceptedKeys = (authorizes: (key: string | undefined) => boolean) =>
  keyNames.filter((key) => authorizes(key === "none" ? undefined : key));

describe("the keys of a host", () => {
  test.each([
    ["anonymous", keyNames],
    ["function", ["master", "default"]],
    ["admin", ["master"]],
    ["unknown", ["master"]],
  ])("authorize a function of level %s only with %j", (level, expected) => {
    expect(
      findAcceptedKeys((key) => authorizesFunction(keys, level, key)),
    ).toEqual(expected);
  });

  test("authorize webhooks only with the system or the master key", () => {
    expect(findAcceptedKeys((key) => authorizesWebhook(keys, key))).toEqual([
      "master",
      "system",
    ]);
  });

  test("do not authorize with a part or an extension of a key", () => {
    const similarKey = fc.oneof(
      fc.string(),
      fc.nat(5).map((length) => "master".slice(0, length)),
      fc.string({ minLength: 1 }).map((suffix) => `master${suffix}`),
    );
    fc.assert(
      fc.property(similarKey, (key) => {
        expect(authorizesFunction(keys, "admin", key)).toBe(false);
      }),
    );
  });

  test("are generated once, long and distinct, in a file that only its owner can read", () => {
    const path = join(folder, "keys.json");
    const { masterKey, functionKeys, systemKeys } = loadOrCreateKeys(path);
    const generated = [
      masterKey,
      functionKeys.default,
      systemKeys.durabletask_extension,
    ];
    expect(new Set(generated).size).toBe(3);
    for (const key of generated) expect(key).toMatch(/^[\w-]{43,}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["keys.json"]);
    expect(loadOrCreateKeys(path).masterKey).toBe(masterKey);
  });

  test("are not replaced when the file is damaged", () => {
    const path = join(folder, "damaged.json");
    writeFileSync(path, "{}");
    expect(() => loadOrCreateKeys(path)).toThrow("masterKey: ");
    expect(readFileSync(path, "utf8")).toBe("{}");
  });
});
