import { errorMessage } from "../../shared/error-message";

type Exit = (code?: number | string | null) => never;

/**
 * Calls back when the app would end the worker process of the real host: by an uncaught exception, an unhandled rejection or
 * `process.exit`. Returns a function that removes the handlers.
 */
export function onWorkerExit(
  handle: (code: number, reason: string) => void,
): () => void {
  // Node.js passes it unhandled rejections too.
  const handleError = (error: unknown): void => {
    const stack = error instanceof Error ? error.stack : undefined;
    handle(1, stack ?? errorMessage(error));
  };
  process.on("uncaughtException", handleError);
  const owner: { exit: Exit } = process;
  const { exit } = owner;
  owner.exit = (code) => {
    const exitCode = Number(code ?? process.exitCode ?? 0);
    const error = new Error(`The app called process.exit(${exitCode}).`);
    handle(exitCode, error.stack ?? error.message);
    // The code after the call must not run.
    throw error;
  };
  return () => {
    process.off("uncaughtException", handleError);
    owner.exit = exit;
  };
}
