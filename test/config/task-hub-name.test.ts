import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTemporaryFolder } from "../../local-cloud/test/support/shared/temporary-folder";
import { readConfig } from "../../src/config/read-config";

const app = createTemporaryFolder();
const setting = "AzureFunctionsJobHost__extensions__durableTask__hubName";
const rule = "must be 3 to 45 letters and digits and start with a letter";

function readWith(
  durableTask: object,
  settings: Readonly<Record<string, string>> = {},
): () => unknown {
  writeFileSync(
    join(app, "host.json"),
    JSON.stringify({ version: "2.0", extensions: { durableTask } }),
  );
  return () =>
    readConfig({
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AzureWebJobsScriptRoot: app,
      ...settings,
    });
}

test("refuses an invalid task hub name of host.json", () => {
  expect(readWith({ hubName: "my-hub" })).toThrow(
    `extensions.durableTask.hubName in host.json ${rule}`,
  );
});

test("refuses an invalid task hub name in the settings, which override host.json", () => {
  expect(readWith({ hubName: "Aos" }, { [setting]: "my-hub" })).toThrow(
    `${setting} ${rule}`,
  );
  expect(readWith({ hubName: "my-hub" }, { [setting]: "Aos" })).not.toThrow();
});

test("replaces references to settings", () => {
  const hub = { hubName: "%HUB%" };
  expect(readWith(hub)).toThrow(rule);
  expect(readWith(hub, { HUB: "Aos" })).not.toThrow();
  expect(readWith(hub, { HUB: "a" })).toThrow(rule);
});

test("ignores the name of a hub that is not in Azure Storage", () => {
  const storageProvider = { type: "azureManaged" };
  expect(readWith({ hubName: "my-hub", storageProvider })).not.toThrow();
  const type =
    "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type";
  expect(
    readWith({}, { [setting]: "my-hub", [type]: "azureManaged" }),
  ).not.toThrow();
});

test("leaves an unreadable host.json to the host", () => {
  const read = readWith({});
  writeFileSync(join(app, "host.json"), "{");
  expect(read).not.toThrow();
});
