import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type ListeningProcess,
  spawnCommand,
  waitUntilListening,
} from "../../../local-cloud/test/support/cli/cloud-process";

export type ExampleName = "minimal" | "pipelines" | "own-model";

/** Runs npm as a shell would; fails with its output. */
const runNpm = (args: readonly string[], cwd = "."): string =>
  execFileSync("npm", [...args], {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });

export interface PackedPackages {
  /** Paths of the tarballs: aos-durable and azure-local-cloud. */
  readonly tarballs: readonly string[];
}

/** Packs both packages of this repository as `npm publish` does. */
export function packPackages(folder: string): PackedPackages {
  const pack = (...args: string[]): string =>
    join(
      folder,
      runNpm([
        "pack",
        "--silent",
        "--pack-destination",
        folder,
        ...args,
      ]).trim(),
    );
  return { tarballs: [pack(), pack("--workspace", "local-cloud")] };
}

/**
 * Copies the example into the empty folder and installs it with the tarballs. An example with `installedIn`
 * uses the packages that another one has installed, which saves half a minute.
 */
export function installExample(
  name: ExampleName,
  folder: string,
  { tarballs }: PackedPackages,
  installedIn?: string,
): void {
  cpSync(resolve("examples", name), folder, { recursive: true });
  if (installedIn === undefined)
    runNpm(
      ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs],
      folder,
    );
  else
    symlinkSync(
      join(installedIn, "node_modules"),
      join(folder, "node_modules"),
      "junction",
    );
  requireDependencies(folder);
}

/** Fails when a package that the example depends on is not installed. */
function requireDependencies(folder: string): void {
  const { dependencies } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as { readonly dependencies: Readonly<Record<string, string>> };
  for (const name of Object.keys(dependencies))
    if (!existsSync(join(folder, "node_modules", name)))
      throw new Error(`${name} is not installed in ${folder}.`);
}

/** Runs `aos dev` of the installed package, which builds the example, on free ports. */
export const startExample = (
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ListeningProcess> =>
  waitUntilListening(
    spawnCommand(
      ["dev", "--app", folder, "--port", "0", "--service-bus-port", "0"],
      env,
      join(folder, "node_modules/aos-durable/dist/src/cli/main.js"),
    ),
  );
