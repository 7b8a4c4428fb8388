import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { glob, isDynamicPattern } from "tinyglobby";
import { z } from "zod";
import { errorMessage } from "../../shared/error-message";
import { HostStartError } from "./host-error";
import { formatSchemaIssues } from "./format-schema-issues";

const packageJsonSchema = z.object({
  main: z.string().optional(),
  type: z.string().optional(),
});
type PackageJson = z.output<typeof packageJsonSchema>;

/** Loads the files that match `main` of the app's package.json (a path or a glob) sequentially, sorted by name. */
export async function loadApp(appFolder: string): Promise<void> {
  const { main, type } = readPackageJson(appFolder);
  if (!main)
    throw new HostStartError(
      "app_not_found",
      `The app in ${appFolder} has no "main" in its package.json: name the file that registers its functions there.`,
    );
  for (const file of await findEntryPoints(appFolder, main)) {
    try {
      await loadFile(join(appFolder, file), type);
    } catch (cause) {
      throw new HostStartError(
        "app_load_failed",
        `Worker was unable to load entry point "${file}": ${describeLoadError(cause, appFolder)}`,
        { cause },
      );
    }
  }
}

/** Throws when the folder contains no app. Called before the host creates any file in it. */
export function assertAppFolder(appFolder: string): void {
  if (!existsSync(join(appFolder, "package.json")))
    throw new HostStartError(
      "app_not_found",
      `There is no package.json in ${appFolder}: pass the folder of a Functions app with --app.`,
    );
}

function readPackageJson(appFolder: string): PackageJson {
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

async function findEntryPoints(
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

/** The error message and, when it has one line, the source location in the app. */
function describeLoadError(error: unknown, appFolder: string): string {
  const message = withoutRequireStack(error);
  if (message.includes("\n")) return message;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const location = stack
    .split(/[\s()]+|file:\/\//)
    .find((word) => word.startsWith(appFolder) && /:\d+$/.test(word));
  return location === undefined ? message : `${message} (at ${location})`;
}

/** Node.js appends the chain of requiring modules to "Cannot find module". */
const withoutRequireStack = (error: unknown): string =>
  errorMessage(error).split("\nRequire stack:")[0] ?? "";

async function loadFile(path: string, type: string | undefined) {
  const isModule =
    path.endsWith(".mjs") || (path.endsWith(".js") && type === "module");
  if (isModule) await import(pathToFileURL(path).href);
  else createRequire(path)(path);
}
