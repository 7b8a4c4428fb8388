import { readFileSync } from "node:fs";
import { settingNames } from "../../src/config";
import {
  comingSettings,
  platformSettings,
  refusedOnFlex,
  settingsLeftOut,
} from "./platform-settings";
import {
  at,
  isProperties,
  type Properties,
  propertiesOf,
  type Value,
} from "./reader/value";
import { ofType, openWorld, type World } from "./world";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const appSettings = (changes: Properties): Properties =>
  propertiesOf(
    ofType(
      world.deployment("prod", changes),
      "Microsoft.Web/sites/config",
    ).find(({ name }) => name === "appsettings")?.body["properties"],
  );

/** Every setting that some deployment has. */
const deployed = (): ReadonlySet<string> =>
  new Set(
    [
      {},
      { model: "openai", modelBaseUrl: "https://models.example/v1" },
      { durableBackend: "DurableTaskScheduler" },
      { hostingPlan: "ElasticPremium" },
    ].flatMap((changes) => Object.keys(appSettings(changes))),
  );

describe("the settings of the app", () => {
  test("are deployed when the code reads them, or left out for a reason", () => {
    const missing = settingNames.filter(
      (name) => !deployed().has(name) && !(name in settingsLeftOut),
    );
    expect(missing).toEqual([]);
  });

  test("are read by the code when they are deployed, or by somebody who is named", () => {
    const unread = [...deployed()].filter(
      (name) =>
        !settingNames.includes(name) &&
        !(name in platformSettings) &&
        !(name in comingSettings),
    );
    expect(unread).toEqual([]);
  });

  test("are left out only where they are not deployed", () => {
    const both = Object.keys(settingsLeftOut).filter((name) =>
      deployed().has(name),
    );
    expect(both).toEqual([]);
  });

  test("are said to be read by the platform only where they are deployed", () => {
    const never = Object.keys(platformSettings).filter(
      (name) => !deployed().has(name),
    );
    expect(never).toEqual([]);
  });

  test("are text", () => {
    const other = Object.entries(appSettings({})).filter(
      ([, value]) => typeof value !== "string",
    );
    expect(other).toEqual([]);
  });

  test("are none that Flex Consumption refuses", () => {
    expect(
      Object.keys(appSettings({})).filter((name) =>
        refusedOnFlex.includes(name),
      ),
    ).toEqual([]);
  });

  test("hold no key", () => {
    const values = JSON.stringify(appSettings({ model: "openai" }));
    expect(values).not.toMatch(/AccountKey=|SharedAccessKey|sk-/);
  });
});

describe("connections", () => {
  test("that triggers name have the settings of an identity", () => {
    const named = world.paths
      .filter((path) => path.startsWith("src/"))
      .flatMap((path) => [
        ...world.text(path).matchAll(/\bconnection: "(\w+)"/g),
      ])
      .map(([, name = ""]) => name);
    const settings = [...deployed()];
    const without = named.filter(
      (name) => !settings.some((setting) => setting.startsWith(`${name}__`)),
    );
    expect(without).toEqual([]);
  });

  test("to Service Bus have all three settings, or the host is refused", () => {
    const settings = appSettings({});
    const prefix = "AZURE_SERVICEBUS_CONNECTION_STRING__";
    expect(settings[`${prefix}credential`]).toBe("managedidentity");
    expect(settings[`${prefix}clientId`]).toBe(settings["AZURE_CLIENT_ID"]);
    expect(settings[`${prefix}fullyQualifiedNamespace`]).toContain(
      "serviceBus",
    );
  });
});

describe("the durable backend", () => {
  test("is the storage of the host by default", () => {
    expect(Object.keys(appSettings({})).join()).not.toMatch(/storageProvider/);
  });

  test("is a scheduler by settings alone, under the name of the same task hub", () => {
    const { resources } = world.deployment("prod", {
      durableBackend: "DurableTaskScheduler",
      taskHubName: "Another",
    });
    const settings = propertiesOf(
      resources.find(({ name }) => name === "appsettings")?.body["properties"],
    );
    const prefix = "AzureFunctionsJobHost__extensions__durableTask__";
    expect(settings).toMatchObject({
      [`${prefix}storageProvider__type`]: "azureManaged",
      [`${prefix}storageProvider__connectionStringName`]:
        "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
      [`${prefix}hubName`]: "Another",
    });
    expect(settings["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"]).toMatch(
      /^Endpoint=«scheduler.*;Authentication=ManagedIdentity;ClientID=«/,
    );
    expect(
      resources.find(
        ({ type }) => type === "Microsoft.DurableTask/schedulers/taskHubs",
      )?.name,
    ).toBe("Another");
  });

  test("takes the place of values that host.json has", () => {
    const overrides = [...deployed()]
      .filter((name) => name.startsWith("AzureFunctionsJobHost__"))
      .map((name) => name.split("__").slice(1, -1).join("."));
    const hostJson = world.json("host.json") as Value;
    expect(
      overrides.filter((path) => !isProperties(at(hostJson, path))),
    ).toEqual([]);
  });
});

test("the example of local settings has settings that are read", () => {
  const { Values: values } = JSON.parse(
    readFileSync("local.settings.json.example", "utf8"),
  ) as { readonly Values: Readonly<Record<string, string>> };
  const known = [
    ...settingNames,
    "FUNCTIONS_WORKER_RUNTIME",
    ...Object.keys(settingsLeftOut),
  ];
  expect(Object.keys(values).filter((name) => !known.includes(name))).toEqual(
    [],
  );
});
