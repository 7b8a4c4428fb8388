import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { parseDurableTaskSettings } from "../../local-cloud/durable-task/engine/settings";
import { readHostJson } from "../../local-cloud/functions-host/core/host-json";

const hostJson = readHostJson(".", {});

describe("host.json", () => {
  test("says everything once", () => {
    // JSON.parse takes the last of two keys in silence; as YAML, which JSON is, two are an error.
    const text = readFileSync("host.json", "utf8");
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test("is what the embedded host accepts", () => {
    expect(hostJson).toMatchObject({
      routePrefix: "api",
      functionTimeoutMs: 30 * 60_000,
    });
  });

  test("is what the embedded task hub accepts", () => {
    expect(
      parseDurableTaskSettings(hostJson.extensionSettings("durableTask")),
    ).toMatchObject({
      hubName: "Aos",
    });
  });

  test("completes messages whose work is handed over, and takes none that would wait", () => {
    expect(hostJson.extensionSettings("serviceBus")).toMatchObject({
      autoCompleteMessages: true,
      prefetchCount: 0,
      maxConcurrentCalls: 16,
      maxAutoLockRenewalDuration: "00:05:00",
    });
  });
});
