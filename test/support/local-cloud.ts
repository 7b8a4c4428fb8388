import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { listening, run, type Started } from "./local-host";

export type LocalCloud = Started;

export interface CloudRun {
  /** Default: a temporary folder, removed when the cloud is stopped. */
  readonly data?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The app that `startLocalCloud` starts: what is compiled, or the package that is deployed. */
export const testedApp = { is: "compiled" as "compiled" | "deployed" };

/** Starts AOS as `npm start` does, on a free port. */
export async function startLocalCloud({
  data,
  args = [],
  env = {},
}: CloudRun = {}): Promise<LocalCloud> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "aos-cloud-"));
  const app =
    testedApp.is === "deployed"
      ? deployedApp(folder)
      : { command: ["start"], env: {} };
  const cloud = await listening(
    run(
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
