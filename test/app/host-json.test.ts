import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { parseDurableTaskSettings } from "../../local-cloud/durable-task/engine/settings";
import { readHostJson } from "../../local-cloud/functions-host/core/host-json";

const hostJson = readHostJson(".", {});

describe("host.json", () => {
  test("has no duplicate keys", () => {
    // JSON.parse silently keeps the last of two equal keys; a YAML parser, which also reads JSON, rejects them.
    const text = readFileSync("host.json", "utf8");
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test("is valid for the embedded Functions host", () => {
    expect(hostJson).toMatchObject({
      routePrefix: "api",
      functionTimeoutMs: 30 * 60_000,
    });
  });

  test("is valid for the embedded task hub", () => {
    expect(
      parseDurableTaskSettings(hostJson.extensionSettings("durableTask")),
    ).toMatchObject({
      hubName: "Aos",
    });
  });

  test("completes messages automatically and does not prefetch", () => {
    expect(hostJson.extensionSettings("serviceBus")).toMatchObject({
      autoCompleteMessages: true,
      prefetchCount: 0,
      maxConcurrentCalls: 16,
      maxAutoLockRenewalDuration: "00:05:00",
    });
  });
});
