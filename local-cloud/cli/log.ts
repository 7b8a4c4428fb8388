/**
 * What of the log is shown. `quiet`: what the host itself warns of; `normal`: also failures of functions and what they
 * log; `verbose`: all.
 */
export type Verbosity = "quiet" | "normal" | "verbose";

const rank = ["trace", "debug", "information", "warning", "error", "critical"];

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
  const at = rank.indexOf(level);
  if (verbosity === "quiet" && category.startsWith("Function.")) return false;
  if (at >= rank.indexOf("warning")) return true;
  if (at < rank.indexOf("information") || verbosity === "quiet") return false;
  return verbosity === "verbose" || category.endsWith(".User");
}
