import {
  type ExtensionHost,
  findFunctionsByTrigger,
  type FunctionBinding,
  type TriggeredFunction,
} from "../../core/extension";
import { describeFunctionProblems } from "../../core/function-problems";
import {
  isServiceBusOutput,
  isServiceBusTrigger,
  resolveEntity,
  validateEntityNames,
} from "./entity";
import { validateServiceBusConnection } from "./service-bus-clients";

type AppContext = Pick<ExtensionHost, "functions" | "setting">;

export const findServiceBusFunctions = (
  app: Pick<AppContext, "functions">,
): readonly TriggeredFunction[] =>
  findFunctionsByTrigger(app, "serviceBusTrigger");

export const isBatchTrigger = ({ cardinality }: FunctionBinding): boolean =>
  String(cardinality).toLowerCase() === "many";

/** Error messages for the Service Bus bindings of the app. */
export const validateServiceBusBindings = ({
  functions,
  setting,
}: AppContext): readonly string[] =>
  functions.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter(
        (binding) =>
          isServiceBusTrigger(binding) || isServiceBusOutput(binding),
      )
      .flatMap((binding) =>
        describeFunctionProblems(name, [
          ...validateEntityNames(binding, setting),
          validateServiceBusConnection(
            resolveEntity(binding, setting).connection,
            setting,
          ),
          validateSdkBinding(binding),
        ]),
      ),
  );

/** With `sdkBinding` (a preview) the function settles the messages of the .NET client, which only the .NET host has. */
const validateSdkBinding = ({
  sdkBinding,
}: FunctionBinding): string | undefined =>
  sdkBinding === true
    ? "sdkBinding: is not supported by the embedded host; omit it to receive the message body"
    : undefined;
