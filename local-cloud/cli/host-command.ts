import { join, resolve } from "node:path";
import { type ComposedCloud, composeLocalCloud } from "../compose";
import { createConsoleLog } from "./log";
import { parseCommandLine, parsePort, parseServiceBusPort } from "./output";
import { runUntilStopped } from "./run-until-stopped";

const usage = `Runs any Functions v4 app for Node.js on this machine until Ctrl-C: azure-local-cloud --app <folder>

  --app <folder>   the app (default: the current folder)
  --port <n>       the port to listen on; 0 picks a free one (default: 7071)
  --service-bus-port <n>
                   the port of Service Bus, for an app that uses it (default: 5672, or a free one)
  --data <folder>  the folder for task hub, keys, storage and messages (default: <app>/.local-cloud)
  --auth           require function keys
  --verbose        log everything that the host does`;

export async function runHostCommand(argv: readonly string[]): Promise<void> {
  const values = parseCommandLine(argv, usage, {
    app: { type: "string", default: "." },
    port: { type: "string", default: "7071" },
    "service-bus-port": { type: "string" },
    data: { type: "string" },
    auth: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  });
  if (values === undefined) return;
  const app = resolve(values.app);
  const dataFolder = resolve(values.data ?? join(app, ".local-cloud"));
  const { auth } = values;
  const port = parsePort(values.port, usage);
  const serviceBusPort = parseServiceBusPort(values["service-bus-port"], usage);
  await runUntilStopped({
    start: () =>
      composeLocalCloud({
        app,
        port,
        dataFolder,
        auth,
        storage: "on-demand",
        serviceBus: { start: "on-demand", port: serviceBusPort },
        log: createConsoleLog(
          process.stderr,
          values.verbose ? "verbose" : "normal",
        ),
      }),
    describe: (cloud) =>
      describeCloud(cloud, auth ? join(dataFolder, "keys.json") : undefined),
  });
}

const describeCloud = (
  { host, serviceBus }: ComposedCloud,
  keysFile: string | undefined,
): string =>
  [
    ...(serviceBus ? [`Service Bus ${serviceBus.connectionString}`] : []),
    `Listening on ${host.url}`,
    ...host.httpFunctions.map(
      ({ name, methods, url }) => `  ${name}: [${methods.join(",")}] ${url}`,
    ),
    ...(keysFile === undefined
      ? []
      : [`Callers need a function key; the keys are in ${keysFile}`]),
  ].join("\n");
