import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startBroker } from "../local/service-bus/broker";
import { readEntityFile } from "../local/service-bus/read-entity-file";
import { portNumber } from "./host";
import { defaultData, projectFolder } from "./local-cloud";
import { logTo } from "./log";
import { runUntilStopped } from "./run-until-stopped";
import { parsedOrUsage, say } from "./voice";

const usage = `Runs a Service Bus on this machine, until Ctrl-C: npm run broker

  --config <file>  the entities, as in the configuration file of Microsoft's emulator (default: service-bus.json)
  --port <n>       the port to listen on; 0 picks a free one (default: 5672)
  --data <folder>  where messages are kept (default: .aos)
  --verbose        log what the broker does

The connection string for the clients is printed on a line of its own.`;

/** Keeps the broker up until it is told to stop. The only line on stdout is the connection string. */
export async function runBroker(argv: readonly string[]): Promise<void> {
  const { values } = parsedOrUsage(usage, () =>
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
    say(usage);
    return;
  }
  const port = portNumber(values.port ?? "5672", usage);
  const entities = await readEntityFile(
    resolve(values.config ?? join(projectFolder, "service-bus.json")),
  );
  await runUntilStopped(async (own) => {
    const { connectionString } = own(
      await startBroker({
        entities,
        port,
        dataFolder: resolve(values.data ?? defaultData),
        log: logTo(process.stderr, values.verbose ? "verbose" : "normal"),
      }),
    );
    say(connectionString);
  });
}
