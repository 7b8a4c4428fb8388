/**
 * The names of the app in its storage account. The task hub may use the same account.
 *
 * Invariant: a task hub takes none of these names, whatever the hub is called. It takes only names with the endings below.
 */
export const storageNames = {
  tables: {
    orchestrations: "AosOrchestrations",
    events: "AosEvents",
    transcripts: "AosTranscripts",
    sessionQueue: "AosSessionQueue",
  },
  containers: { payloads: "aos-payloads" },
} as const;

const appNames: readonly string[] = Object.values(storageNames).flatMap(
  (names) => Object.values(names),
);

const tableEndings = ["Instances", "History", "Partitions"];
const containerEndings = ["leases", "applease", "largemessages"];
/** A hub has at most 16 control queues. */
const queueEndings = [
  "workitems",
  ...Array.from(
    { length: 16 },
    (_, index) => `control-${String(index).padStart(2, "0")}`,
  ),
];

/** The tables, queues and containers of a task hub. https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-task-hubs */
export const taskHubNames = (hub: string): readonly string[] => [
  ...tableEndings.map((ending) => `${hub}${ending}`),
  ...[...containerEndings, ...queueEndings].map(
    (ending) => `${hub.toLowerCase()}-${ending}`,
  ),
];

/** Why the task hub cannot have this name; continues a sentence that starts with the setting. */
export function describeHubNameProblem(
  hub: string,
  names = appNames,
): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9]{2,44}$/.test(hub))
    return "must be 3 to 45 letters and digits and start with a letter";
  // Names of tables are not case-sensitive.
  const taken = new Set(taskHubNames(hub).map((name) => name.toLowerCase()));
  const collision = names.find((name) => taken.has(name.toLowerCase()));
  return collision === undefined
    ? undefined
    : `is a name with which the task hub would use ${collision}, a name of the app: choose another`;
}
