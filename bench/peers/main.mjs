// `npm run bench:peers`: AOS and its peers, one after another, on the workloads of `npm run bench`. See docs/benchmarks.md.
import { cpus, loadavg, totalmem } from "node:os";
import process from "node:process";
import { comparison, comparisonTable } from "../../dist/bench/comparison.js";
import { fsyncLatency } from "../../dist/bench/fsync.js";
import { inTemporaryFolder } from "../../dist/bench/measure.js";
import { install } from "./install.mjs";
import { readOptions } from "./options.mjs";
import { outcomeOf } from "./outcome.mjs";
import { remarks } from "./remarks.mjs";
import { stopSignal } from "./stop-signal.mjs";

const names = {
  aos: "AOS",
  restate: "Restate",
  dbos: "DBOS",
  langgraph: "LangGraph",
};
const workloads = [
  "chain10",
  "oneStep",
  "fanOut1000",
  "chain500",
  "entityUpdates",
];
const fsyncWrites = 200;
const note = (text) => process.stderr.write(`bench:peers: ${text}\n`);

async function main(argv) {
  const options = readOptions(argv, Object.keys(names), workloads);
  const notInstalled = problemOf(install);
  const signal = stopSignal(note);
  const machine = await machineFacts();
  const results = await measured(options, signal, notInstalled);
  report(options, machine, results);
}

function problemOf(work) {
  try {
    work();
    return undefined;
  } catch (error) {
    note(error.message);
    return error.message;
  }
}

/**
 * The engines take turns at each workload, so that what is compared was measured close together: a machine is not equally
 * fast all the time.
 */
async function measured({ engines, workloads, size }, signal, notInstalled) {
  const results = Object.fromEntries(engines.map((engine) => [engine, {}]));
  for (const workload of workloads)
    for (const engine of engines) {
      signal.throwIfAborted();
      const outcome =
        engine !== "aos" && notInstalled
          ? { problem: notInstalled }
          : await outcomeOf(engine, workload, size, signal);
      note(`${workload} ${engine} ${JSON.stringify(outcome)}`);
      results[engine][workload] = outcome;
    }
  signal.throwIfAborted();
  return results;
}

async function machineFacts() {
  const processors = cpus();
  return {
    node: process.version,
    cpus: processors.length,
    cpuModel: processors[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadAverage: loadavg()[0],
    startedAt: new Date().toISOString(),
    fsync: await inTemporaryFolder((folder) =>
      fsyncLatency(folder, fsyncWrites),
    ),
  };
}

function report({ json, engines, size }, machine, results) {
  const rows = comparison(results);
  const shown = Object.fromEntries(engines.map((name) => [name, names[name]]));
  const text = json
    ? JSON.stringify({ machine, size, results, rows }, null, 2)
    : [
        comparisonTable(rows, shown),
        "",
        ...remarks(results, names),
        machineLine(machine),
      ].join("\n");
  process.stdout.write(`${text}\n`);
}

const machineLine = ({
  node,
  cpus,
  cpuModel,
  memoryGiB,
  loadAverage,
  startedAt,
  fsync,
}) =>
  `${startedAt.slice(0, 10)}, ${cpus} cores (${cpuModel}), ${memoryGiB} GiB, Node.js ${node}, fsync p50 ${fsync.p50Ms.toFixed(2)} ms, load average before ${loadAverage.toFixed(1)}`;

main(process.argv.slice(2)).catch((error) => {
  note(error.message);
  process.exitCode = 1;
});
