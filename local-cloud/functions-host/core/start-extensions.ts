import { mkdirSync } from "node:fs";
import type { CoreLog } from "./core-api";
import { type Extension, type ExtensionHost, findTrigger } from "./extension";
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
  readonly log: CoreLog;
}

export interface StartedExtensions {
  listen(): void;
  readonly invokeManually: (
    functionName: string,
    input: string | undefined,
  ) => boolean;
  workerExited(): void;
  stopListening(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the extensions in order. Validates all of them first and throws one `HostStartError` with all problems. */
export async function startExtensions(
  extensions: readonly Extension[],
  dependencies: ExtensionDependencies,
): Promise<StartedExtensions> {
  mkdirSync(dependencies.dataFolder, { recursive: true });
  const hosts = extensions.map(
    (extension) =>
      [extension, createExtensionHost(extension, dependencies)] as const,
  );
  assertNoProblems(
    hosts.flatMap(([extension, host]) => extension.validate?.(host) ?? []),
  );
  warnOfUnsupportedTriggers(extensions, dependencies);
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
    workerExited: () => {
      for (const extension of extensions) extension.workerExited?.();
    },
    stopListening: async () => {
      await Promise.all(
        extensions.map(async (extension) => extension.stopListening?.()),
      );
    },
    stop,
  };
}

function createExtensionHost(
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

function assertNoProblems(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new HostStartError(
      "configuration_invalid",
      `The configuration of the app is not valid: ${problems.join("; ")}.`,
    );
}

/** A function with an unsupported trigger does not prevent the start, because the other functions can run. */
function warnOfUnsupportedTriggers(
  extensions: readonly Extension[],
  { runner, log }: ExtensionDependencies,
): void {
  const supported = new Set(
    ["httpTrigger", ...extensions.flatMap(({ triggers }) => triggers)].map(
      (type) => type.toLowerCase(),
    ),
  );
  for (const metadata of runner.functions) {
    const type = findTrigger(metadata)?.type;
    if (type !== undefined && !supported.has(type.toLowerCase()))
      log(
        "warning",
        "Host.Startup",
        `Function ${metadata.name} will not run: the embedded host does not support ${type}.`,
      );
  }
}
