/** The entities of the local broker against those of Azure. */
import { propertiesOf, type Properties, type Value } from "./reader/value";
import { ofType, type World } from "./world";

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

/** Where the two differ. Nothing where there is no service-bus.json: then there is no local broker. */
export function localProblems(world: World): readonly string[] {
  if (!world.paths.includes("service-bus.json")) return [];
  const local = localEntities(world.json("service-bus.json") as Emulator);
  const cloud = cloudEntities(world);
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

function cloudEntities(world: World): Entities {
  const found = ["queues", "topics", "topics/subscriptions"].flatMap((kind) =>
    ofType(world.deployment("dev"), `Microsoft.ServiceBus/namespaces/${kind}`),
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

/** The emulator keeps messages for an hour at most, so how long they live is not compared; nor is what is left empty. */
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
