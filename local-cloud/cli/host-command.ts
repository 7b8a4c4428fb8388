import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { FunctionsHost } from "../functions-host/core/host";
import { composeLocalCloud } from "../compose";
import type { Verbosity } from "./log";
import { runUntilStopped } from "./run-until-stopped";
import { parseOrUsageError, printLine, UsageError } from "./output";

const usage = `Runs any Functions v4 Node app on this machine: azure-local-cloud --app <folder>

  --app <folder>   the app (default: the current folder)
  --port <n>       the port to listen on; 0 picks a free one (default: 7071)
  --service-bus-port <n>
                   the port of Service Bus, for an app that asks for one (default: 5672, or a free one)
  --data <folder>  where task hub, keys, storage and messages are kept (default: <app>/.local-cloud)
  --auth           ask for function keys
  --verbose        log what the host does`;

interface ServeOptions {
  readonly app: string;
  readonly port: number;
  readonly serviceBusPort: number | undefined;
  readonly data: string;
  readonly auth: boolean;
  readonly verbosity: Verbosity;
}

/** Runs the host until it is told to stop. */
export async function runHostCommand(argv: readonly string[]): Promise<void> {
  const options = hostArguments(argv);
  if (options === undefined) {
    printLine(usage);
    return;
  }
  await runUntilStopped(async (own) => {
    const host = await composeLocalCloud(own, {
      ...options,
      storage: "when asked for",
      serviceBus: {
        when: "when asked for",
        port: options.serviceBusPort,
        onListening: ({ connectionString }) => {
          printLine(`Service Bus ${connectionString}`);
        },
      },
    });
    announce(host, options);
  });
}

/** Undefined when help was asked for. Throws `UsageError`. */
function hostArguments(argv: readonly string[]): ServeOptions | undefined {
  const { values } = parsed(argv);
  if (values.help) return undefined;
  const app = resolve(values.app ?? ".");
  return {
    app,
    port: parsePort(values.port, usage),
    serviceBusPort: parseServiceBusPort(values["service-bus-port"], usage),
    data: resolve(values.data ?? join(app, ".local-cloud")),
    auth: values.auth,
    verbosity: values.verbose ? "verbose" : "normal",
  };
}

const parsed = (argv: readonly string[]) =>
  parseOrUsageError(usage, () =>
    parseArgs({
      args: [...argv],
      options: {
        app: { type: "string" },
        port: { type: "string" },
        "service-bus-port": { type: "string" },
        data: { type: "string" },
        auth: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }),
  );

/** Throws `UsageError`. */
export function parsePort(
  text = "7071",
  usage: string,
  option = "--port",
): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError(
    `${option} ${text} is not a port: give a number from 0 to 65535.`,
    usage,
  );
}

/** Undefined when none was given. Throws `UsageError`. */
export const parseServiceBusPort = (
  text: string | undefined,
  usage: string,
): number | undefined =>
  text === undefined ? undefined : parsePort(text, usage, "--service-bus-port");

function announce(host: FunctionsHost, { auth, data }: ServeOptions): void {
  const lines = [
    `Listening on ${host.url}`,
    ...host.httpFunctions.map(
      ({ name, methods, url }) => `  ${name}: [${methods.join(",")}] ${url}`,
    ),
    ...(auth
      ? [`Keys are asked for; they are in ${join(data, "keys.json")}`]
      : []),
  ];
  printLine(lines.join("\n"));
}
