import { copyFileSync, cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  type ListeningProcess,
  spawnCommand,
  waitUntilListening,
} from "../../../local-cloud/test/support/cli/cloud-process";
import { removeFolder } from "../../../local-cloud/test/support/shared/temporary-folder";
import type { LaunchedProcess } from "../../../local-cloud/shared/process/launch-process";

export type AosProcess = ListeningProcess;
type Environment = Readonly<Record<string, string>>;

/** Runs a command of the built `aos` program. */
export const spawnAosCommand = (
  args: readonly string[],
  env: Environment = {},
): LaunchedProcess => spawnCommand(args, env, resolve("dist/src/cli/main.js"));

export interface StartAosOptions {
  /** Default: a temporary folder, removed when the process is stopped. */
  readonly data?: string;
  readonly env?: Environment;
}

/** The app that `startAos` starts: the compiled sources, or the package that is deployed. */
export const appUnderTest = { kind: "compiled" as "compiled" | "deployed" };

/** Starts AOS on free ports, like `npm start`. */
export async function startAos({
  data,
  env = {},
}: StartAosOptions = {}): Promise<AosProcess> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "aos-test-"));
  const options = [
    ...["--port", "0", "--service-bus-port", "0"],
    ...["--data", folder],
  ];
  const aos = await waitUntilListening(
    appUnderTest.kind === "deployed"
      ? spawnDeployedApp(folder, options, env)
      : spawnAosCommand(["dev", "--no-build", ...options], env),
  );
  if (data !== undefined) return aos;
  const stop = async (): Promise<number | null> => {
    const code = await aos.stop();
    removeFolder(folder);
    return code;
  };
  return {
    ...aos,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

/**
 * Copies the package to a folder without `node_modules` above it, like in Azure: it does not start when a module is missing from
 * the bundle. The queues and topics, which the templates create in Azure, come from service-bus.json.
 */
function spawnDeployedApp(
  data: string,
  options: readonly string[],
  env: Environment,
): LaunchedProcess {
  const app = join(data, "app");
  cpSync(resolve("dist/package"), app, { recursive: true });
  copyFileSync("service-bus.json", join(app, "service-bus.json"));
  return spawnCommand(["host", "--app", app, ...options], {
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
    AZURE_SERVICEBUS_CONNECTION_STRING: "UseDevelopmentEmulator=true",
    ...env,
  });
}

/** The connection string that AOS prints when it starts. */
export const readServiceBusConnectionString = (aos: AosProcess): string =>
  /Endpoint=sb:\S+/.exec(aos.output())?.[0] ?? "";
