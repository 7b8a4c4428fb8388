/** Compares the entities of the local broker with those of Azure. */
import { propertiesOf, type Properties, type Value } from "./reader/value";
import { resourcesOfType, type Repository } from "./repository";

/** service-bus.json has the form of the configuration of Microsoft's emulator. https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator */
interface Entity {
  readonly Name: string;
  readonly Properties?: Properties;
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

/** Settings of entities by their path: `queue`, `topic`, `topic/subscription`. */
type Entities = ReadonlyMap<string, Properties>;

/** Differences between the two; empty if service-bus.json does not exist. */
export function localProblems(repository: Repository): readonly string[] {
  if (!repository.paths.includes("service-bus.json")) return [];
  const local = localEntities(repository.json("service-bus.json") as Emulator);
  const cloud = cloudEntities(repository);
  return [
    ...[...local.keys()]
      .filter((path) => !cloud.has(path))
      .map((path) => `${path} is not in Azure`),
    ...[...cloud.keys()]
      .filter((path) => !local.has(path))
      .map((path) => `${path} is only in Azure`),
    ...[...local].flatMap(([path, settings]) =>
      differences(path, settings, cloud.get(path)),
    ),
  ];
}

const differences = (
  path: string,
  local: Properties,
  cloud: Properties | undefined,
): readonly string[] =>
  Object.entries(local)
    .filter(([name, value]) => cloud !== undefined && cloud[name] !== value)
    .map(
      ([name, value]) =>
        `${path}: ${name} is ${JSON.stringify(value)} locally and ${JSON.stringify(cloud?.[name])} in Azure`,
    );

function cloudEntities(repository: Repository): Entities {
  const found = ["queues", "topics", "topics/subscriptions"].flatMap((kind) =>
    resourcesOfType(
      repository.deployment("dev"),
      `Microsoft.ServiceBus/namespaces/${kind}`,
    ),
  );
  const names = new Map(found.map(({ path, name }) => [path, name]));
  return new Map(
    found.map(({ name, on = "", body }) => {
      const topic = names.get(on);
      return [
        topic === undefined ? name : `${topic}/${name}`,
        propertiesOf(body["properties"]),
      ];
    }),
  );
}

const localEntities = ({ UserConfig: config }: Emulator): Entities =>
  new Map(
    config.Namespaces.flatMap(({ Queues = [], Topics = [] }) => [
      ...Queues.map(entry("")),
      ...Topics.flatMap((topic) => [
        entry("")(topic),
        ...(topic.Subscriptions ?? []).map(entry(`${topic.Name}/`)),
      ]),
    ]),
  );

const entry =
  (prefix: string) =>
  ({ Name, Properties = {} }: Entity): readonly [string, Properties] => [
    prefix + Name,
    compared(Properties),
  ];

/** Without times to live, because the emulator limits them to an hour, and without empty values. */
const compared = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]: [string, Value]) => value !== "")
      .filter(([name]) => name !== "DefaultMessageTimeToLive")
      .map(([name, value]) => [
        name.charAt(0).toLowerCase() + name.slice(1),
        value,
      ]),
  );
