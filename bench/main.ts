/** `npm run bench`: prints one JSON document on stdout and progress on stderr. See docs/reference/benchmarks.md. */
import { cpus } from "node:os";
import { measureFsyncLatency } from "./fsync";
import {
  withTemporaryFolder,
  measureOnHost,
  measureOnBroker,
  measureOnAos,
  roundFigures,
} from "./measure";
import { readBenchOptions } from "./options";
import type {
  BrokerWorkload,
  Figures,
  WorkloadSize,
  SystemWorkload,
  HostWorkload,
} from "./workload";
import { brokerMessages } from "./workloads/broker-messages";
import { brokerRoundTrip } from "./workloads/broker-round-trip";
import { chain10 } from "./workloads/chain-10";
import { chain500 } from "./workloads/chain-500";
import { coldStart, coldStartTelemetry } from "./workloads/cold-start";
import { entityUpdates } from "./workloads/entity-updates";
import { finished100000 } from "./workloads/finished-100000";
import { fanOut1000 } from "./workloads/fan-out-1000";
import { oneStep } from "./workloads/one-step";
import { requestResponse } from "./workloads/request-response";
import { waiting10000 } from "./workloads/waiting-10000";
import { weekTimer } from "./workloads/week-timer";

const onHost =
  (workload: HostWorkload): SystemWorkload =>
  (size, signal) =>
    measureOnHost(workload, size, signal);
const onBroker =
  (workload: BrokerWorkload): SystemWorkload =>
  (size, signal) =>
    measureOnBroker(workload, size, signal);
const onAos =
  (workload: BrokerWorkload): SystemWorkload =>
  (size, signal) =>
    measureOnAos(workload, size, signal);

const workloads: ReadonlyMap<string, SystemWorkload> = new Map(
  Object.entries({
    chain10: onHost(chain10),
    oneStep: onHost(oneStep),
    fanOut1000: onHost(fanOut1000),
    chain500: onHost(chain500),
    entityUpdates: onHost(entityUpdates),
    brokerMessages: onBroker(brokerMessages),
    brokerRoundTrip: onBroker(brokerRoundTrip),
    requestResponse: onAos(requestResponse),
    finished100000,
    waiting10000,
    weekTimer,
    coldStart,
    coldStartTelemetry,
  }),
);
const fsyncWrites = { full: 500, quick: 20 };

async function main(argv: readonly string[]): Promise<void> {
  const { names, size } = readBenchOptions(argv, [...workloads.keys()]);
  const signal = stopSignal();
  const processors = cpus();
  const document = {
    node: process.version,
    cpus: processors.length,
    cpuModel: processors[0]?.model ?? "unknown",
    startedAt: new Date().toISOString(),
    size,
    fsync: await measureFsync(size),
    workloads: await measureWorkloads(names, size, signal),
  };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

async function measureFsync(size: WorkloadSize): Promise<Figures> {
  const latency = await withTemporaryFolder((folder) =>
    measureFsyncLatency(folder, fsyncWrites[size]),
  );
  return reportProgress("fsync", roundFigures(latency));
}

async function measureWorkloads(
  names: readonly string[],
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Readonly<Record<string, Figures>>> {
  const all: Record<string, Figures> = {};
  for (const [name, workload] of workloads)
    if (names.includes(name))
      all[name] = reportProgress(
        name,
        roundFigures(await workload(size, signal)),
      );
  return all;
}

function reportProgress(name: string, figures: Figures): Figures {
  process.stderr.write(`bench: ${name} ${JSON.stringify(figures)}\n`);
  return figures;
}

/** Aborts the running workload, which then stops its processes and removes its files. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      process.stderr.write(`bench: stopping on ${name}\n`);
      controller.abort(new Error(`Stopped by ${name}.`));
    });
  return controller.signal;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `bench: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
});
