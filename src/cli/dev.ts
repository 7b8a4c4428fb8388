import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  composeLocalCloud,
  parseOrUsageError,
  parsePort,
  parseServiceBusPort,
  printLine,
  runUntilStopped,
} from "azure-local-cloud";
import { defaultDataFolder, projectFolder } from "./project-folder";

const usage = `Starts AOS with everything it needs on this machine, until Ctrl-C: aos dev

  --port <n>       the port to listen on; 0 picks a free one (default: 7071)
  --service-bus-port <n>
                   the port of Service Bus; 0 picks a free one (default: 5672, or a free one when that is taken)
  --data <folder>  where orchestrations and messages are kept (default: .aos)
  --auth           ask for function keys
  --verbose        log what the host does`;

/** Keeps the local cloud up until it is told to stop. */
export async function runDevCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseOrUsageError(usage, () =>
    parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        "service-bus-port": { type: "string" },
        data: { type: "string" },
        auth: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }),
  );
  if (values.help) {
    printLine(usage);
    return;
  }
  const port = parsePort(values.port, usage);
  const busPort = parseServiceBusPort(values["service-bus-port"], usage);
  const data = resolve(values.data ?? defaultDataFolder);
  await runUntilStopped(async (own) => {
    let serviceBus = "as the settings of the app say";
    const host = await composeLocalCloud(own, {
      app: projectFolder,
      storage: "always",
      serviceBus: {
        when: "always",
        port: busPort,
        onListening: ({ connectionString }) => {
          serviceBus = connectionString;
        },
      },
      port,
      data,
      auth: values.auth,
      verbosity: values.verbose ? "verbose" : "normal",
    });
    printLine(welcome({ url: host.url, serviceBus, data, auth: values.auth }));
  });
}

interface Started {
  readonly url: string;
  /** The connection string. */
  readonly serviceBus: string;
  readonly data: string;
  readonly auth: boolean;
}

const welcome = ({ url, serviceBus, data, auth }: Started): string => `
AOS runs agent workflows on this machine. Stop it with Ctrl-C; what is under way goes on at the next start.

Listening on ${url}
  API    ${url}/api/orchestrations
  Health ${url}/api/health/ready
  Bus    ${serviceBus}
  Data   ${relative(projectFolder, data) || data}${auth ? " (keys.json in it holds the keys that callers need)" : ""}

Start a workflow:

  curl -s ${url}/api/orchestrations -H 'content-type: application/json' -d '{"workflow":"document-review"}'
`;
