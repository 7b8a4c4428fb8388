import {
  type FunctionBinding,
  type ExtensionHost,
  type FunctionMetadata,
  findTrigger,
} from "../../core/extension";
import {
  resolveEntity,
  isServiceBusOutput,
  isServiceBusTrigger,
  validateEntityNames,
} from "./entity";
import { validateServiceBusConnection } from "./service-bus-clients";

export interface ServiceBusFunction {
  readonly metadata: FunctionMetadata;
  readonly trigger: FunctionBinding;
}

type Given = Pick<ExtensionHost, "functions" | "setting">;

export const findServiceBusFunctions = ({
  functions,
}: Pick<Given, "functions">): readonly ServiceBusFunction[] =>
  functions.flatMap((metadata) => {
    const trigger = findTrigger(metadata);
    return trigger && isServiceBusTrigger(trigger)
      ? [{ metadata, trigger }]
      : [];
  });

export const isBatchTrigger = ({ cardinality }: FunctionBinding): boolean =>
  String(cardinality).toLowerCase() === "many";

/** What is wrong with the Service Bus bindings of the app. */
export const validateServiceBusBindings = ({
  functions,
  setting,
}: Given): readonly string[] =>
  functions.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter(
        (binding) =>
          isServiceBusTrigger(binding) || isServiceBusOutput(binding),
      )
      .flatMap((binding) => [
        ...validateEntityNames(binding, setting),
        ...presence(
          validateServiceBusConnection(
            resolveEntity(binding, setting).connection,
            setting,
          ),
        ),
        ...presence(sdkProblem(binding)),
      ])
      .map((problem) => `function ${name}: ${problem}`),
  );

const presence = (problem: string | undefined): readonly string[] =>
  problem === undefined ? [] : [problem];

/** The preview of a second library gives functions the client's own messages to settle; only the .NET host can serve it. */
const sdkProblem = ({ sdkBinding }: FunctionBinding): string | undefined =>
  sdkBinding === true
    ? "sdkBinding: is not served by the embedded host; leave it out to get the body of the message"
    : undefined;
