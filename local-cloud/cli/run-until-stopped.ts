import type { ComposedCloud } from "../compose";
import { printLine } from "./output";
import { restartProcess } from "./restart-process";
import { waitForStopSignal } from "./stop-signal";

export interface RunOptions {
  readonly start: () => Promise<ComposedCloud>;
  /** Printed when the cloud runs. */
  readonly describe: (cloud: ComposedCloud) => string;
  /** Arguments that are added when the process is restarted. */
  readonly restartArguments?: readonly string[];
}

/** Runs a local cloud until a stop signal. When the app ends its process, another process continues on the same ports. */
export async function runUntilStopped(options: RunOptions): Promise<void> {
  const ports = await runOnce(options, waitForStopSignal());
  if (ports !== undefined)
    restartProcess([...(options.restartArguments ?? []), ...ports]);
}

/** Resolves after a stop signal, or with the ports as arguments after the app has ended its process. */
async function runOnce(
  { start, describe }: RunOptions,
  stopped: Promise<void>,
): Promise<readonly string[] | undefined> {
  await using cloud = await start();
  printLine(describe(cloud));
  const hasExited = await Promise.race([
    stopped.then(() => false),
    cloud.host.workerExited.then(() => true),
  ]);
  return hasExited ? portArguments(cloud) : undefined;
}

const portArguments = ({
  host,
  serviceBus,
}: ComposedCloud): readonly string[] => [
  ...["--port", new URL(host.url).port],
  ...(serviceBus ? ["--service-bus-port", String(serviceBus.port)] : []),
];
