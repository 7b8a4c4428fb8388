import { spawnCommand } from "../cli/cloud-process";

/** Runs a host that fails to start; returns its exit code and output. */
export async function runFailingHost({
  app,
  data,
  args = [],
  env = {},
}: {
  readonly app: string;
  readonly data: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<{ readonly code: number | null; readonly output: string }> {
  const { exited, output } = spawnCommand(
    ["host", "--app", app, "--data", data, "--port", "0", ...args],
    env,
  );
  return { code: await exited, output: output().trimEnd() };
}
