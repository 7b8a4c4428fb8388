import { relative, resolve } from "node:path";
import {
  composeLocalCloud,
  createConsoleLog,
  parseCommandLine,
  parsePort,
  parseServiceBusPort,
  printLine,
  waitForStopSignal,
} from "azure-local-cloud";
import { defaultDataFolder, projectFolder } from "./project-folder";

const usage = `Runs AOS with everything it needs on this machine until Ctrl-C: aos dev

  --port <n>       the port to listen on; 0 picks a free one (default: 7071)
  --service-bus-port <n>
                   the port of Service Bus; 0 picks a free one (default: 5672, or a free one when that is in use)
  --data <folder>  the folder for orchestrations and messages (default: .aos)
  --auth           require function keys
  --verbose        log everything that the host does`;

export async function runDevCommand(argv: readonly string[]): Promise<void> {
  const values = parseCommandLine(argv, usage, {
    port: { type: "string", default: "7071" },
    "service-bus-port": { type: "string" },
    data: { type: "string", default: defaultDataFolder },
    auth: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  });
  if (values === undefined) return;
  const port = parsePort(values.port, usage);
  const serviceBusPort = parseServiceBusPort(values["service-bus-port"], usage);
  const dataFolder = resolve(values.data);
  const { auth } = values;
  const stopped = waitForStopSignal();
  await using cloud = await composeLocalCloud({
    app: projectFolder,
    port,
    dataFolder,
    auth,
    storage: "always",
    serviceBus: { start: "always", port: serviceBusPort },
    log: createConsoleLog(
      process.stderr,
      values.verbose ? "verbose" : "normal",
    ),
  });
  printLine(
    describeAos({
      url: cloud.host.url,
      serviceBus:
        cloud.serviceBus?.connectionString ??
        "the namespace in the app settings",
      dataFolder,
      auth,
    }),
  );
  await stopped;
}

interface RunningAos {
  readonly url: string;
  /** A connection string, or a description of where to find it. */
  readonly serviceBus: string;
  readonly dataFolder: string;
  readonly auth: boolean;
}

const describeAos = ({
  url,
  serviceBus,
  dataFolder,
  auth,
}: RunningAos): string => `
AOS runs agent workflows on this machine. Stop it with Ctrl-C: running orchestrations continue at the next start.

Listening on ${url}
  API    ${url}/api/orchestrations
  Health ${url}/api/health/ready
  Bus    ${serviceBus}
  Data   ${relative(projectFolder, dataFolder) || dataFolder}${auth ? " (callers need a key from its keys.json)" : ""}

Start a workflow:

  curl -s ${url}/api/orchestrations -H 'content-type: application/json' -d '{"workflow":"document-review"}'
`;
