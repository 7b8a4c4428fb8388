/** `npm run bench`: one JSON document on stdout, progress on stderr, nothing left behind. See docs/benchmarks.md. */
import { cpus } from "node:os";
import { fsyncLatency } from "./fsync";
import { inTemporaryFolder, measure, roundedAll } from "./measure";
import { readOptions } from "./options";
import type { Figures, Size, SystemWorkload, Workload } from "./workload";
import { chain10 } from "./workloads/chain-10";
import { chain500 } from "./workloads/chain-500";
import { coldStart, coldStartTelemetry } from "./workloads/cold-start";
import { entityUpdates } from "./workloads/entity-updates";
import { fanOut1000 } from "./workloads/fan-out-1000";
import { oneStep } from "./workloads/one-step";
import { requestResponse } from "./workloads/request-response";

const workloads: ReadonlyMap<string, Workload> = new Map(
  Object.entries({ chain10, oneStep, fanOut1000, chain500, entityUpdates }),
);
const systemWorkloads: ReadonlyMap<string, SystemWorkload> = new Map(
  Object.entries({ requestResponse, coldStart, coldStartTelemetry }),
);
const fsyncWrites = { full: 500, quick: 20 };

async function main(argv: readonly string[]): Promise<void> {
  const { names, size } = readOptions(argv, [
    ...workloads.keys(),
    ...systemWorkloads.keys(),
  ]);
  const signal = stopSignal();
  const processors = cpus();
  const document = {
    node: process.version,
    cpus: processors.length,
    cpuModel: processors[0]?.model ?? "unknown",
    startedAt: new Date().toISOString(),
    size,
    fsync: await measuredFsync(size),
    workloads: await measuredAll(names, size, signal),
  };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

async function measuredFsync(size: Size): Promise<Figures> {
  const latency = await inTemporaryFolder((folder) =>
    fsyncLatency(folder, fsyncWrites[size]),
  );
  return progress("fsync", roundedAll(latency));
}

async function measuredAll(
  names: readonly string[],
  size: Size,
  signal: AbortSignal,
): Promise<Readonly<Record<string, Figures>>> {
  const all: Record<string, Figures> = {};
  for (const [name, workload] of workloads)
    if (names.includes(name))
      all[name] = progress(name, await measure(workload, size, signal));
  for (const [name, workload] of systemWorkloads)
    if (names.includes(name))
      all[name] = progress(name, roundedAll(await workload(size, signal)));
  return all;
}

function progress(name: string, figures: Figures): Figures {
  process.stderr.write(`bench: ${name} ${JSON.stringify(figures)}\n`);
  return figures;
}

/** A signal ends the work that is going on, and all is cleaned up on the way out. */
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
