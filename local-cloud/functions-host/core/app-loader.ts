import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { glob, isDynamicPattern } from "tinyglobby";
import { z } from "zod";
import { HostStartError, describeError } from "./host-error";
import { formatSchemaIssues } from "./format-schema-issues";

const packageJsonSchema = z.object({
  main: z.string().optional(),
  type: z.string().optional(),
});
type PackageJson = z.output<typeof packageJsonSchema>;

/** Loads the files that `main` of the app's package.json names (a glob), one after another in the order of their names. */
export async function loadApp(appFolder: string): Promise<void> {
  const { main, type } = packageJsonOf(appFolder);
  if (!main)
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
        `Worker was unable to load entry point "${file}": ${problemOf(cause, appFolder)}`,
        { cause },
      );
    }
  }
}

/** Throws when there is no app in the folder; to be asked before anything is made in it. */
export function assertAppFolder(appFolder: string): void {
  if (!existsSync(join(appFolder, "package.json")))
    throw new HostStartError(
      "app_not_found",
      `There is no package.json in ${appFolder}: give the folder of a Functions app with --app.`,
    );
}

function packageJsonOf(appFolder: string): PackageJson {
  const path = join(appFolder, "package.json");
  try {
    return packageJsonSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new HostStartError(
      "app_not_found",
      `${path} cannot be read: ${formatSchemaIssues(cause)}.`,
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

/** The message, with the place in the app that it comes from when it is one line. */
function problemOf(error: unknown, appFolder: string): string {
  const problem = withoutRequireStack(error);
  if (problem.includes("\n")) return problem;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const place = stack
    .split(/[\s()]+|file:\/\//)
    .find((word) => word.startsWith(appFolder) && /:\d+$/.test(word));
  return place === undefined ? problem : `${problem} (at ${place})`;
}

/** Node adds to the message that a module is missing the list of all that led to it. */
const withoutRequireStack = (error: unknown): string =>
  describeError(error).split("\nRequire stack:")[0] ?? "";

async function loadFile(path: string, type: string | undefined) {
  const isModule =
    path.endsWith(".mjs") || (path.endsWith(".js") && type === "module");
  if (isModule) await import(pathToFileURL(path).href);
  else createRequire(path)(path);
}
