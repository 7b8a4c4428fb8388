import { resolveAppSettings } from "../../core/app-settings";
import {
  type ExtensionHost,
  findFunctionsByTrigger,
  type FunctionBinding,
  type TriggeredFunction,
} from "../../core/extension";
import { describeFunctionProblems } from "../../core/function-problems";
import { queueConnectionName, validateQueueConnection } from "./queue-clients";

export interface QueueBinding {
  readonly connection: string;
  readonly queueName: string;
}

type AppContext = Pick<ExtensionHost, "functions" | "setting">;

const isQueueTrigger = ({ type }: FunctionBinding): boolean =>
  type.toLowerCase() === "queuetrigger";
export const isQueueOutput = ({ type, direction }: FunctionBinding): boolean =>
  type.toLowerCase() === "queue" && direction === "out";

/** Queue names are lower case; like Azure, accepts them in any case. */
export const resolveQueueBinding = (
  { connection, queueName }: FunctionBinding,
  { setting }: Pick<AppContext, "setting">,
): QueueBinding => ({
  connection: queueConnectionName(connection),
  queueName: resolveAppSettings(
    typeof queueName === "string" ? queueName : "",
    setting,
  ).text.toLowerCase(),
});

export const findQueueFunctions = (
  app: AppContext,
): readonly TriggeredFunction[] => findFunctionsByTrigger(app, "queueTrigger");

/** Error messages for the queue bindings of the app. */
export const validateQueueBindings = (app: AppContext): readonly string[] =>
  app.functions.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter((binding) => isQueueTrigger(binding) || isQueueOutput(binding))
      .flatMap((binding) => {
        const { connection, queueName } = resolveQueueBinding(binding, app);
        return describeFunctionProblems(name, [
          validateQueueName(queueName),
          validateQueueConnection(connection, app.setting),
        ]);
      }),
  );

/** https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
function validateQueueName(queueName: string): string | undefined {
  const [, missing] = /^%([^%]+)%$/.exec(queueName) ?? [];
  if (missing !== undefined)
    return `queueName: the setting ${missing.toUpperCase()} is not set`;
  return /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(queueName)
    ? undefined
    : `queueName: "${queueName}" is not a valid queue name: use 3 to 63 letters, digits and single dashes`;
}
