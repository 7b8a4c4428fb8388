import { mkdirSync } from "node:fs";
import type { CoreLogLevel } from "./core-api";
import {
  type Extension,
  type ExtensionHost,
  type FunctionMetadata,
  findTrigger,
} from "./extension";
import type { FunctionRunner } from "./function-runner";
import type { HostJson } from "./host-json";
import { HostStartError } from "./host-error";
import type { HostKeys } from "./keys";

export interface ExtensionDependencies {
  readonly runner: FunctionRunner;
  readonly hostJson: HostJson;
  readonly dataFolder: string;
  readonly origin: string;
  readonly keys: HostKeys | undefined;
  readonly log: (
    level: CoreLogLevel,
    category: string,
    message: string,
  ) => void;
}

/** The extensions of a host that have been started. */
export interface StartedExtensions {
  /** Lets them trigger functions. */
  listen(): void;
  readonly invokeManually: (
    functionName: string,
    input: string | undefined,
  ) => boolean;
  stopListening(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the extensions in their order. Throws `HostStartError`, with all that is wrong for any of them, before it starts one. */
export async function startExtensions(
  extensions: readonly Extension[],
  setting: ExtensionDependencies,
): Promise<StartedExtensions> {
  mkdirSync(setting.dataFolder, { recursive: true });
  const hosts = extensions.map(
    (extension) => [extension, hostFor(extension, setting)] as const,
  );
  refuse(
    hosts.flatMap(([extension, host]) => extension.validate?.(host) ?? []),
  );
  warnOfDormant(extensions, setting);
  const started: Extension[] = [];
  const stop = async (): Promise<void> => {
    for (const extension of started.reverse()) await extension.stop();
  };
  try {
    for (const [extension, host] of hosts) {
      await extension.start(host);
      started.push(extension);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    listen: () => {
      for (const extension of extensions) extension.listen?.();
    },
    invokeManually: (functionName, input) =>
      extensions.some((extension) =>
        extension.invokeManually?.(functionName, input),
      ),
    stopListening: async () => {
      await Promise.all(
        extensions.map(async (extension) => extension.stopListening?.()),
      );
    },
    stop,
  };
}

function hostFor(
  extension: Extension,
  { runner, hostJson, dataFolder, origin, keys, log }: ExtensionDependencies,
): ExtensionHost {
  return {
    functions: runner.functions,
    setting: (name) => process.env[name],
    settings: hostJson.extensionSettings(extension.name),
    dataFolder,
    origin,
    webhookQuery: keys ? `code=${keys.systemKeys.durabletask_extension}` : "",
    invoke: (invocation) => runner.invoke(invocation),
    log: (level, message) => {
      log(level, `Host.${extension.name}`, message);
    },
  };
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new HostStartError(
      "configuration_invalid",
      `The app asks for what cannot be given: ${problems.join("; ")}.`,
    );
}

/** A function that nothing here can trigger is no error, but nobody should wait for it in vain. */
function warnOfDormant(
  extensions: readonly Extension[],
  { runner, log }: ExtensionDependencies,
): void {
  const served = new Set(
    ["httpTrigger", ...extensions.flatMap(({ triggers }) => triggers)].map(
      (type) => type.toLowerCase(),
    ),
  );
  const dormant = (metadata: FunctionMetadata): readonly string[] => {
    const type = findTrigger(metadata)?.type;
    return type === undefined || served.has(type.toLowerCase()) ? [] : [type];
  };
  for (const metadata of runner.functions)
    for (const type of dormant(metadata))
      log(
        "warning",
        "Host.Startup",
        `Function ${metadata.name} will not run: the embedded host does not support ${type}.`,
      );
}
