import { at, propertiesOf, type Value } from "./reader/value";
import type { Deployed } from "./reader/deployment";
import { ofType, openWorld, type World } from "./world";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const deployed = (type: string): readonly Deployed[] =>
  ofType(world.deployment("dev"), type);
const names = (type: string): readonly string[] =>
  deployed(type)
    .map(({ name }) => name)
    .sort();
/** What the first group of the pattern matches in deployed code, each once. */
const inCode = (pattern: RegExp): readonly string[] =>
  [
    ...new Set(
      world.paths
        .filter((path) => path.endsWith(".ts"))
        .flatMap((path) =>
          [...world.text(path).matchAll(pattern)].map(
            ([, found = ""]) => found,
          ),
        ),
    ),
  ].sort();

test("the tables are those that the code opens", () => {
  const opened = inCode(/openTable\(\s*options,\s*"(\w+)"/g);
  expect(opened.length).toBeGreaterThan(0);
  expect(
    names("Microsoft.Storage/storageAccounts/tableServices/tables"),
  ).toEqual(opened);
});

test("the containers are those that the code opens, and the one of packages", () => {
  const opened = inCode(/openContainer\(\s*options,\s*"([\w-]+)"/g);
  expect(
    names("Microsoft.Storage/storageAccounts/blobServices/containers"),
  ).toEqual([...opened, "packages"].sort());
});

test("payloads grow cold where the code writes them", () => {
  const [lifecycle] = deployed(
    "Microsoft.Storage/storageAccounts/managementPolicies",
  );
  expect(
    at(
      lifecycle?.body,
      "properties.policy.rules.0.definition.filters.prefixMatch",
    ),
  ).toEqual(["aos-payloads/"]);
});

describe("Service Bus", () => {
  const queue = (name: string): Value | undefined =>
    deployed("Microsoft.ServiceBus/namespaces/queues").find(
      (found) => found.name === name,
    )?.body["properties"];

  test("has the queues and the topic of the API", () => {
    expect(names("Microsoft.ServiceBus/namespaces/queues")).toEqual([
      "agent-requests",
      "agent-requests-deadletter",
      "agent-responses",
      "agent-session-requests",
    ]);
    expect(names("Microsoft.ServiceBus/namespaces/topics")).toEqual([
      "agent-events",
    ]);
  });

  test("has every queue and topic that the code names", () => {
    const named = inCode(
      /["'`](agent-(?:requests|responses|events|session-requests)[a-z-]*)["'`]/g,
    );
    const known = [
      ...names("Microsoft.ServiceBus/namespaces/queues"),
      ...names("Microsoft.ServiceBus/namespaces/topics"),
    ];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each(["agent-requests", "agent-session-requests"])(
    "takes requests on %s with the settings of the API",
    (name) => {
      expect(queue(name)).toMatchObject({
        lockDuration: "PT5M",
        maxDeliveryCount: 5,
        requiresDuplicateDetection: true,
        duplicateDetectionHistoryTimeWindow: "PT10M",
        deadLetteringOnMessageExpiration: true,
        requiresSession: name === "agent-session-requests",
      });
    },
  );

  test("is what the local broker is told to be", () => {
    if (!world.paths.includes("service-bus.json")) {
      // Without a local broker there is nothing to agree with.
      expect(
        world.paths.some((path) => path.startsWith("src/messaging/")),
      ).toBe(false);
      return;
    }
    expect(cloudEntities()).toMatchObject(localEntities());
    expect(Object.keys(localEntities())).toEqual(Object.keys(cloudEntities()));
  });

  /** Entities by path with their settings, as Azure gets them. */
  function cloudEntities(): Readonly<Record<string, unknown>> {
    const found = ["queues", "topics", "topics/subscriptions"].flatMap((kind) =>
      deployed(`Microsoft.ServiceBus/namespaces/${kind}`),
    );
    const byPath = new Map(found.map((entity) => [entity.path, entity]));
    return sorted(
      found.map(({ name, on, body }) => {
        const topic = byPath.get(on ?? "")?.name;
        return [
          topic === undefined ? name : `${topic}/${name}`,
          propertiesOf(body["properties"]),
        ];
      }),
    );
  }

  /** The same from service-bus.json, in the form of Microsoft's emulator. */
  function localEntities(): Readonly<Record<string, unknown>> {
    const { UserConfig: config } = world.json("service-bus.json") as Emulator;
    return sorted(
      config.Namespaces.flatMap(({ Queues = [], Topics = [] }) => [
        ...Queues.map(({ Name, Properties }) => [Name, settings(Properties)]),
        ...Topics.flatMap(({ Name, Properties, Subscriptions = [] }) => [
          [Name, settings(Properties)],
          ...Subscriptions.map((subscription) => [
            `${Name}/${subscription.Name}`,
            settings(subscription.Properties),
          ]),
        ]),
      ]) as [string, unknown][],
    );
  }

  const sorted = (entries: readonly (readonly [string, unknown])[]) =>
    Object.fromEntries([...entries].sort(([a], [b]) => a.localeCompare(b)));

  /** The emulator keeps messages for an hour at most, so how long they live is not compared; nor is what is empty. */
  const settings = (properties: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(
          ([name, value]) => !name.startsWith("DefaultMessage") && value !== "",
        )
        .filter(([name]) => !/^Forward|^UserMetadata$/.test(name))
        .map(([name, value]) => [
          name.charAt(0).toLowerCase() + name.slice(1),
          value,
        ]),
    );
});

interface Entity {
  readonly Name: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
interface Emulator {
  readonly UserConfig: {
    readonly Namespaces: readonly {
      readonly Queues?: readonly Entity[];
      readonly Topics?: readonly (Entity & {
        readonly Subscriptions?: readonly Entity[];
      })[];
    }[];
  };
}
