import {
  type Binding,
  type ExtensionHost,
  type FunctionMetadata,
  triggerOf,
} from "../extension";
import {
  entityOf,
  isServiceBusOutput,
  isServiceBusTrigger,
  nameProblems,
} from "./entity";
import { connectionProblem } from "./namespaces";

export interface ServiceBusFunction {
  readonly metadata: FunctionMetadata;
  readonly trigger: Binding;
}

type Given = Pick<ExtensionHost, "functions" | "setting">;

export const serviceBusFunctions = ({
  functions,
}: Pick<Given, "functions">): readonly ServiceBusFunction[] =>
  functions.flatMap((metadata) => {
    const trigger = triggerOf(metadata);
    return trigger && isServiceBusTrigger(trigger)
      ? [{ metadata, trigger }]
      : [];
  });

export const isMany = ({ cardinality }: Binding): boolean =>
  String(cardinality).toLowerCase() === "many";

/** What is wrong with the Service Bus bindings of the app. */
export const bindingProblems = ({
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
        ...nameProblems(binding, setting),
        ...presence(
          connectionProblem(entityOf(binding, setting).connection, setting),
        ),
        ...presence(sdkProblem(binding)),
      ])
      .map((problem) => `function ${name}: ${problem}`),
  );

const presence = (problem: string | undefined): readonly string[] =>
  problem === undefined ? [] : [problem];

/** The preview of a second library gives functions the client's own messages to settle; only the .NET host can serve it. */
const sdkProblem = ({ sdkBinding }: Binding): string | undefined =>
  sdkBinding === true
    ? "sdkBinding: is not served by the embedded host; leave it out to get the body of the message"
    : undefined;
