import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { composeLocalCloud } from "azure-local-cloud";
import {
  createConsoleLog,
  parseCommandLine,
  parsePort,
  parseServiceBusPort,
  runUntilStopped,
} from "azure-local-cloud/cli";
import { buildApp } from "./build-app";
import { packageFolder } from "./package-folder";

const usage = `Builds an app and runs it, with everything that it needs, on this machine until Ctrl-C: aos dev

  --app <folder>   the app (default: the current folder)
  --no-build       do not run the build script of the app first
  --port <n>       the port to listen on; 0 picks a free one (default: 7071)
  --service-bus-port <n>
                   the port of Service Bus; 0 picks a free one (default: 5672, or a free one when that is in use)
  --data <folder>  the folder for orchestrations and messages (default: <app>/.aos)
  --auth           require function keys
  --verbose        log everything that the host does`;

export async function runDevCommand(argv: readonly string[]): Promise<void> {
  const values = parseCommandLine(argv, usage, {
    app: { type: "string", default: "." },
    "no-build": { type: "boolean", default: false },
    port: { type: "string", default: "7071" },
    "service-bus-port": { type: "string" },
    data: { type: "string" },
    auth: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  });
  if (values === undefined) return;
  const port = parsePort(values.port, usage);
  const serviceBusPort = parseServiceBusPort(values["service-bus-port"], usage);
  const app = resolve(values.app);
  const dataFolder = resolve(values.data ?? join(app, ".aos"));
  const { auth } = values;
  if (!values["no-build"]) await buildApp(app);
  await runUntilStopped({
    start: () =>
      composeLocalCloud({
        app,
        port,
        dataFolder,
        auth,
        storage: "always",
        serviceBus: {
          start: "always",
          port: serviceBusPort,
          entitiesFile: findEntitiesFile(app),
        },
        log: createConsoleLog(
          process.stderr,
          values.verbose ? "verbose" : "normal",
        ),
      }),
    describe: ({ host, serviceBus }) =>
      describeRunningApp({
        app,
        url: host.url,
        serviceBus:
          serviceBus?.connectionString ?? "the namespace in the app settings",
        dataFolder,
        auth,
      }),
    restartArguments: ["--no-build"],
  });
}

/** The queues and topics of AOS are the default. */
function findEntitiesFile(app: string): string {
  const own = join(app, "service-bus.json");
  return existsSync(own) ? own : join(packageFolder, "service-bus.json");
}

interface RunningApp {
  readonly app: string;
  readonly url: string;
  /** A connection string, or a description of where to find it. */
  readonly serviceBus: string;
  readonly dataFolder: string;
  readonly auth: boolean;
}

const describeRunningApp = (running: RunningApp): string => `
AOS runs agent workflows on this machine. Stop it with Ctrl-C: running orchestrations continue at the next start.

Listening on ${running.url}
  API    ${running.url}/api/orchestrations
  Health ${running.url}/api/health/ready
  Bus    ${running.serviceBus}
  Data   ${describeDataFolder(running)}

${describeFirstRequest(running)}
`;

function describeDataFolder({ app, dataFolder, auth }: RunningApp): string {
  const inApp = relative(app, dataFolder);
  const path = inApp === "" || inApp.startsWith("..") ? dataFolder : inApp;
  return auth ? `${path} (callers need a key from its keys.json)` : path;
}

/** The workflows of other apps are not known to this command. */
function describeFirstRequest({ app, url }: RunningApp): string {
  const isSample = app === packageFolder;
  const workflow = isSample ? "document-review" : "<workflow>";
  const hint = isSample ? "" : " (with the name of one of the app)";
  return `Start a workflow${hint}:

  curl -s ${url}/api/orchestrations -H 'content-type: application/json' -d '{"workflow":"${workflow}"}'`;
}
