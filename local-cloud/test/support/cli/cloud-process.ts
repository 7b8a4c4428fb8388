import { resolve } from "node:path";
import {
  type LaunchedProcess,
  type LaunchOptions,
  launchProcess,
} from "../../../shared/process/launch-process";

const localCloud = resolve("local-cloud/dist/cli/main.js");

/** Runs the built `azure-local-cloud`. */
export const launchLocalCloud = (
  args: readonly string[],
  options: LaunchOptions = {},
): LaunchedProcess => launchProcess(localCloud, args, options);

export { createTemporaryFolder } from "../shared/temporary-folder";

type Environment = Readonly<Record<string, string>>;

/** Runs a built program, `azure-local-cloud` by default. */
export const spawnCommand = (
  args: readonly string[],
  env: Environment = {},
  program = localCloud,
): LaunchedProcess => launchProcess(program, args, { env });

/** A command that has printed the address it listens on. */
export interface ListeningProcess extends LaunchedProcess {
  readonly url: string;
}

/** Rejects with the output of the command when it ends before it listens. */
export const waitUntilListening = async (
  command: LaunchedProcess,
): Promise<ListeningProcess> => ({
  ...command,
  url: await command.waitForOutput(/Listening on (http:\/\/\S+)/),
});

export interface StartHostCommandOptions {
  readonly app: string;
  readonly data: string;
  readonly args?: readonly string[];
  readonly env?: Environment;
}

/** Starts the built host for an app on a free port. */
export const startHostCommand = ({
  app,
  data,
  args = [],
  env = {},
}: StartHostCommandOptions): Promise<ListeningProcess> =>
  waitUntilListening(
    spawnCommand(
      ["host", "--app", app, "--port", "0", "--data", data, ...args],
      env,
    ),
  );
