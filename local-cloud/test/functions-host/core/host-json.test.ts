import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readHostJson } from "../../../functions-host/core/host-json";
import { createTemporaryFolder } from "../../support/cli/cloud-process";

const folder = createTemporaryFolder();
const read = (hostJson: object, environment: Record<string, string> = {}) => {
  writeFileSync(join(folder, "host.json"), JSON.stringify(hostJson));
  return readHostJson(folder, environment);
};

describe("host.json", () => {
  test("replaces settings in the settings of extensions", () => {
    const hostJson = read(
      {
        version: "2.0",
        extensions: { durableTask: { hubName: "%HUB%", other: "%UNSET%" } },
      },
      { HUB: 'a "quoted" \\ hub' },
    );
    expect(hostJson.extensionSettings("durableTask")).toEqual({
      hubName: 'a "quoted" \\ hub',
      other: "%UNSET%",
    });
    expect(hostJson.extensionSettings("unknown")).toEqual({});
  });

  test.each([
    [undefined, "api"],
    ["", ""],
    ["/v1/", "v1"],
  ])("reads the route prefix %j as %j", (routePrefix, expected) => {
    const http = routePrefix === undefined ? {} : { routePrefix };
    const hostJson = read({ version: "2.0", extensions: { http } });
    expect(hostJson.routePrefix).toBe(expected);
  });

  test.each([
    [undefined, 30 * 60_000],
    ["00:00:10", 10_000],
    ["1.02:00:00", 26 * 3_600_000],
    ["-1", undefined],
    ["40.00:00:00", undefined],
  ])("reads the function timeout %s as %s ms", (functionTimeout, expected) => {
    const hostJson = read({ version: "2.0", functionTimeout });
    expect(hostJson.functionTimeoutMs).toBe(expected);
  });

  test.each([[{ "X A": "1" }], [{ "X-A": "a\nb" }], [{ "X-A": 1 }], ["X-A"]])(
    "rejects the custom headers %j",
    (customHeaders) => {
      const extensions = { http: { customHeaders } };
      expect(() => read({ version: "2.0", extensions })).toThrow(
        /host\.json is not valid: extensions\.http\.customHeaders /,
      );
    },
  );

  test("app settings override values, in any letter case, and add missing ones", () => {
    const hostJson = read(
      {
        version: "2.0",
        functionTimeout: "00:10:00",
        extensions: { durableTask: { hubName: "A", maxConcurrent: 1 } },
      },
      {
        AzureFunctionsJobHost__functionTimeout: "-1",
        AzureFunctionsJobHost__extensions__http__routePrefix: "v2",
        AzureFunctionsJobHost__Extensions__DurableTask__HubName: "%HUB%",
        azurefunctionsjobhost__extensions__durableTask__maxConcurrent: "20",
        AzureFunctionsJobHost__extensions__durableTask__enabled: "False",
        AzureFunctionsJobHost__extensions__durableTask__version: "1.10",
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__type:
          "x",
        HUB: "B",
      },
    );
    expect(hostJson.functionTimeoutMs).toBeUndefined();
    expect(hostJson.routePrefix).toBe("v2");
    expect(hostJson.extensionSettings("durableTask")).toEqual({
      hubName: "B",
      maxConcurrent: 20,
      enabled: false,
      version: "1.10",
      storageProvider: { type: "x" },
    });
  });

  test("throws an error with the file and the invalid field", () => {
    expect(() => read({ version: "2.0", functionTimeout: "soon" })).toThrow(
      /host\.json is not valid: functionTimeout: /,
    );
  });
});
