import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { startBroker } from "../service-bus/broker";
import { readEntityFile } from "../service-bus/namespace/read-entity-file";
import { parsePort } from "./host-command";
import { createConsoleLog } from "./log";
import { runUntilStopped } from "./run-until-stopped";
import { parseOrUsageError, printLine } from "./output";

const usage = `Runs a Service Bus on this machine, until Ctrl-C: azure-local-cloud broker

  --config <file>  the entities, as in the configuration file of Microsoft's emulator (default: service-bus.json)
  --port <n>       the port to listen on; 0 picks a free one (default: 5672)
  --data <folder>  where messages are kept (default: .local-cloud)
  --verbose        log what the broker does

The connection string for the clients is printed on a line of its own.`;

/** Keeps the broker up until it is told to stop. The only line on stdout is the connection string. */
export async function runBrokerCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseOrUsageError(usage, () =>
    parseArgs({
      args: [...argv],
      options: {
        config: { type: "string" },
        port: { type: "string" },
        data: { type: "string" },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }),
  );
  if (values.help) {
    printLine(usage);
    return;
  }
  const port = parsePort(values.port ?? "5672", usage);
  const entities = await readEntityFile(
    resolve(values.config ?? "service-bus.json"),
  );
  await runUntilStopped(async (own) => {
    const { connectionString } = own(
      await startBroker({
        entities,
        port,
        dataFolder: resolve(values.data ?? ".local-cloud"),
        log: createConsoleLog(
          process.stderr,
          values.verbose ? "verbose" : "normal",
        ),
      }),
    );
    printLine(connectionString);
  });
}
