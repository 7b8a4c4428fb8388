import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { glob, isDynamicPattern } from "tinyglobby";
import { HostStartError, messageOf } from "./host-error";

interface PackageJson {
  readonly main?: string;
  readonly type?: string;
}

/** Loads the files that `main` of the app's package.json names (a glob), one after another in the order of their names. */
export async function loadApp(appFolder: string): Promise<void> {
  const { main, type } = packageJsonOf(appFolder);
  if (main === undefined)
    throw new HostStartError(
      "app_not_found",
      `The app in ${appFolder} has no "main" in its package.json: name the file that registers its functions there.`,
    );
  for (const file of await filesOf(appFolder, main)) {
    try {
      await loadFile(join(appFolder, file), type);
    } catch (cause) {
      throw new HostStartError(
        "app_load_failed",
        `Worker was unable to load entry point "${file}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}

function packageJsonOf(appFolder: string): PackageJson {
  const path = join(appFolder, "package.json");
  if (!existsSync(path))
    throw new HostStartError(
      "app_not_found",
      `There is no package.json in ${appFolder}: give the folder of a Functions app with --app.`,
    );
  try {
    return JSON.parse(readFileSync(path, "utf8")) as PackageJson;
  } catch (cause) {
    throw new HostStartError(
      "app_not_found",
      `${path} is not valid JSON: ${messageOf(cause)}.`,
      { cause },
    );
  }
}

async function filesOf(
  appFolder: string,
  main: string,
): Promise<readonly string[]> {
  const files = isDynamicPattern(main)
    ? await glob(main, { cwd: appFolder, expandDirectories: false })
    : [main].filter((file) => existsSync(resolve(appFolder, file)));
  if (files.length > 0) return files.sort();
  const problem = isDynamicPattern(main)
    ? "Found zero files matching the supplied pattern"
    : "File does not exist";
  throw new HostStartError(
    "app_load_failed",
    `Worker was unable to load entry point "${main}": ${problem} (in ${appFolder}; is the app compiled?).`,
  );
}

async function loadFile(path: string, type: string | undefined) {
  const isModule =
    path.endsWith(".mjs") || (path.endsWith(".js") && type === "module");
  if (isModule) await import(pathToFileURL(path).href);
  else createRequire(path)(path);
}
