import type { Log } from "../../../src/telemetry/log/log-event";

type LoggedEvent = Readonly<Record<string, unknown>> & {
  readonly level: string;
  readonly event: string;
};

/** Creates the log of an invocation and collects its events. */
export function createEventLog() {
  const events: LoggedEvent[] = [];
  const write = (level: string) => (line: string) => {
    const fields = JSON.parse(line) as { readonly event: string };
    events.push({ level, ...fields });
  };
  const log: Log = {
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  return { log, events };
}
