import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  waitUntilListening,
  spawnCommand,
  type ListeningProcess,
} from "../../../local-cloud/test/support/cli/cloud-process";

export type AosProcess = ListeningProcess;

export interface StartAosOptions {
  /** Default: a temporary folder, removed when the cloud is stopped. */
  readonly data?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The app that `startLocalCloud` starts: what is compiled, or the package that is deployed. */
export const appUnderTest = { is: "compiled" as "compiled" | "deployed" };

/** Starts AOS as `npm start` does, on a free port. */
export async function startAos({
  data,
  args = [],
  env = {},
}: StartAosOptions = {}): Promise<AosProcess> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "aos-cloud-"));
  const app =
    appUnderTest.is === "deployed"
      ? deployedApp(folder)
      : { command: ["dev"], env: {} };
  const cloud = await waitUntilListening(
    spawnCommand(
      [
        ...[...app.command, "--port", "0", "--service-bus-port", "0"],
        ...["--data", folder, ...args],
      ],
      { ...app.env, ...env },
    ),
  );
  if (data !== undefined) return cloud;
  const stop = async (): Promise<number | null> => {
    const code = await cloud.stop();
    rmSync(folder, {
      recursive: true,
      force: true,
      maxRetries: 20,
      retryDelay: 100,
    });
    return code;
  };
  return {
    ...cloud,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

/**
 * The package in a folder from which no `node_modules` is found, as in Azure: with a module missing from the bundle it would not
 * start. The entities of Service Bus are what the templates make there.
 */
function deployedApp(data: string) {
  const app = join(data, "app");
  cpSync(resolve("dist/package"), app, { recursive: true });
  copyFileSync("service-bus.json", join(app, "service-bus.json"));
  return {
    command: ["host", "--app", app],
    env: {
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AZURE_SERVICEBUS_CONNECTION_STRING: "UseDevelopmentEmulator=true",
    },
  };
}
