import { resolveAppSettings } from "../../core/app-settings";
import {
  type FunctionBinding,
  type ExtensionHost,
  type FunctionMetadata,
  findTrigger,
} from "../../core/extension";
import { queueConnectionName, validateQueueConnection } from "./queue-clients";

/** A queue that a binding names. */
export interface QueueBinding {
  readonly connection: string;
  readonly queueName: string;
}

type Given = Pick<ExtensionHost, "functions" | "setting">;

const isQueueTrigger = ({ type }: FunctionBinding): boolean =>
  type.toLowerCase() === "queuetrigger";
export const isQueueOutput = ({ type, direction }: FunctionBinding): boolean =>
  type.toLowerCase() === "queue" && direction === "out";

/** Queue names are lower case; as on Azure, they may be written in any. */
export const resolveQueueBinding = (
  { connection, queueName }: FunctionBinding,
  { setting }: Pick<Given, "setting">,
): QueueBinding => ({
  connection: queueConnectionName(connection),
  queueName: resolveAppSettings(
    typeof queueName === "string" ? queueName : "",
    setting,
  ).text.toLowerCase(),
});

export const findQueueFunctions = ({
  functions,
}: Given): readonly {
  readonly metadata: FunctionMetadata;
  readonly trigger: FunctionBinding;
}[] =>
  functions.flatMap((metadata) => {
    const trigger = findTrigger(metadata);
    return trigger && isQueueTrigger(trigger) ? [{ metadata, trigger }] : [];
  });

/** What is wrong with the queues that the app's functions name. */
export const validateQueueBindings = (given: Given): readonly string[] =>
  given.functions.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter((binding) => isQueueTrigger(binding) || isQueueOutput(binding))
      .flatMap((binding) => {
        const { connection, queueName } = resolveQueueBinding(binding, given);
        return [
          queueNameProblem(queueName),
          validateQueueConnection(connection, given.setting),
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
