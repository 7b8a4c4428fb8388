import { resolve } from "node:path";
import { startBroker } from "../service-bus/broker";
import { readEntityFile } from "../service-bus/namespace/read-entity-file";
import { createConsoleLog } from "./log";
import { parseCommandLine, parsePort, printLine } from "./output";
import { waitForStopSignal } from "./stop-signal";

const usage = `Runs a Service Bus broker on this machine until Ctrl-C: azure-local-cloud broker

  --config <file>  the entities, in the format of Microsoft's emulator (default: service-bus.json)
  --port <n>       the port to listen on; 0 picks a free one (default: 5672)
  --data <folder>  the folder for messages (default: .local-cloud)
  --verbose        log everything that the broker does

Prints only the connection string to stdout.`;

export async function runBrokerCommand(argv: readonly string[]): Promise<void> {
  const values = parseCommandLine(argv, usage, {
    config: { type: "string", default: "service-bus.json" },
    port: { type: "string", default: "5672" },
    data: { type: "string", default: ".local-cloud" },
    verbose: { type: "boolean", default: false },
  });
  if (values === undefined) return;
  const port = parsePort(values.port, usage);
  const entities = await readEntityFile(resolve(values.config));
  const stopped = waitForStopSignal();
  await using broker = await startBroker({
    entities,
    port,
    dataFolder: resolve(values.data),
    log: createConsoleLog(
      process.stderr,
      values.verbose ? "verbose" : "normal",
    ),
  });
  printLine(broker.connectionString);
  await stopped;
}
