import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listening, run, type Started } from "./local-host";

export type LocalCloud = Started;

export interface CloudRun {
  /** Default: a temporary folder, removed when the cloud is stopped. */
  readonly data?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts AOS as `npm start` does, on a free port. */
export async function startLocalCloud({
  data,
  args = [],
  env = {},
}: CloudRun = {}): Promise<LocalCloud> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "aos-cloud-"));
  const cloud = await listening(
    run(
      [
        ...["start", "--port", "0", "--service-bus-port", "0"],
        ...["--data", folder, ...args],
      ],
      env,
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
