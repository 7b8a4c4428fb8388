import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The build of the app failed. The message is one sentence for users. */
class BuildError extends Error {
  override readonly name = "BuildError";
  readonly code = "build_failed";
}

/** Runs the `build` script of the app's package.json, if it has one. The output of the script goes to stderr. */
export async function buildApp(app: string): Promise<void> {
  if (!hasBuildScript(app)) return;
  const build = spawn("npm", ["run", "--silent", "build"], {
    cwd: app,
    stdio: ["ignore", process.stderr, process.stderr],
    // npm is a command file there, which only a shell can run.
    shell: process.platform === "win32",
  });
  const [code] = (await once(build, "exit")) as [number | null];
  if (code !== 0)
    throw new BuildError(
      `The build script of ${app} failed: correct the errors above, or start without it with --no-build.`,
    );
}

/** The host reports a package.json that is missing or invalid. */
function hasBuildScript(app: string): boolean {
  try {
    const { scripts } = JSON.parse(
      readFileSync(join(app, "package.json"), "utf8"),
    ) as { readonly scripts?: Readonly<Record<string, string>> };
    return scripts?.["build"] !== undefined;
  } catch {
    return false;
  }
}
