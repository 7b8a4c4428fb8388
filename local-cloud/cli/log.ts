/**
 * `quiet`: warnings and errors of the host. `normal`: also failures and log output of functions.
 * `verbose`: everything of level `information` or above.
 */
export type Verbosity = "quiet" | "normal" | "verbose";

const levels = [
  "trace",
  "debug",
  "information",
  "warning",
  "error",
  "critical",
];

export const createConsoleLog =
  (stream: NodeJS.WritableStream, verbosity: Verbosity) =>
  (level: string, category: string, message: string): void => {
    if (!isShown(verbosity, level, category)) return;
    const time = new Date().toISOString().slice(11, 23);
    stream.write(`${time} ${level} ${category}: ${message}\n`);
  };

function isShown(
  verbosity: Verbosity,
  level: string,
  category: string,
): boolean {
  const rank = levels.indexOf(level);
  if (verbosity === "quiet" && category.startsWith("Function.")) return false;
  if (rank >= levels.indexOf("warning")) return true;
  if (rank < levels.indexOf("information") || verbosity === "quiet")
    return false;
  return verbosity === "verbose" || category.endsWith(".User");
}
