import process from "node:process";

/** A signal ends the measurement that is going on, and all is cleaned up on the way out. */
export function stopSignal(note) {
  const controller = new globalThis.AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(name, () => {
      note(`stopping on ${name}`);
      controller.abort(new Error(`Stopped by ${name}.`));
    });
  return controller.signal;
}
