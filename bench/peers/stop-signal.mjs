import process from "node:process";

/** A signal aborts the running measurement, which then cleans up. */
export function stopSignal(note) {
  const controller = new globalThis.AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(name, () => {
      note(`stopping on ${name}`);
      controller.abort(new Error(`Stopped by ${name}.`));
    });
  return controller.signal;
}
