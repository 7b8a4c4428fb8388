import { withAppSettings } from "../app-settings";
import {
  type Binding,
  type ExtensionHost,
  type FunctionMetadata,
  triggerOf,
} from "../extension";
import { connectionName, connectionProblem } from "./queues";

/** A queue that a binding names. */
export interface QueueBinding {
  readonly connection: string;
  readonly queueName: string;
}

type Given = Pick<ExtensionHost, "functions" | "setting">;

const isQueueTrigger = ({ type }: Binding): boolean =>
  type.toLowerCase() === "queuetrigger";
export const isQueueOutput = ({ type, direction }: Binding): boolean =>
  type.toLowerCase() === "queue" && direction === "out";

/** Queue names are lower case; as on Azure, they may be written in any. */
export const queueOf = (
  { connection, queueName }: Binding,
  { setting }: Pick<Given, "setting">,
): QueueBinding => ({
  connection: connectionName(connection),
  queueName: withAppSettings(
    typeof queueName === "string" ? queueName : "",
    setting,
  ).text.toLowerCase(),
});

export const queueFunctions = ({
  functions,
}: Given): readonly {
  readonly metadata: FunctionMetadata;
  readonly trigger: Binding;
}[] =>
  functions.flatMap((metadata) => {
    const trigger = triggerOf(metadata);
    return trigger && isQueueTrigger(trigger) ? [{ metadata, trigger }] : [];
  });

/** What is wrong with the queues that the app's functions name. */
export const queueProblems = (given: Given): readonly string[] =>
  given.functions.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter((binding) => isQueueTrigger(binding) || isQueueOutput(binding))
      .flatMap((binding) => {
        const { connection, queueName } = queueOf(binding, given);
        return [
          queueNameProblem(queueName),
          connectionProblem(connection, given.setting),
        ].flatMap((problem) =>
          problem === undefined ? [] : [`function ${name}: ${problem}`],
        );
      }),
  );

/** https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
function queueNameProblem(queueName: string): string | undefined {
  const [, missing] = /^%([^%]+)%$/.exec(queueName) ?? [];
  if (missing !== undefined)
    return `queueName: the setting ${missing.toUpperCase()} is not set`;
  return /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(queueName)
    ? undefined
    : `queueName: "${queueName}" is not the name of a queue: 3 to 63 letters, digits and single dashes`;
}
