// `npm run bench:peers`: measures AOS and its peers on the workloads of `npm run bench`. See docs/reference/benchmarks.md.
import { cpus, loadavg, totalmem } from "node:os";
import process from "node:process";
import {
  compareEngines,
  formatComparisonTable,
} from "../../dist/bench/comparison.js";
import { measureFsyncLatency } from "../../dist/bench/fsync.js";
import { withTemporaryFolder } from "../../dist/bench/measure.js";
import { install } from "./install.mjs";
import { readOptions } from "./options.mjs";
import { measureInProcess } from "./outcome.mjs";
import { formatRemarks } from "./remarks.mjs";
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
  const installProblem = catchProblem(install);
  const signal = stopSignal(note);
  const machine = await describeMachine();
  const results = await measureAll(options, signal, installProblem);
  report(options, machine, results);
}

function catchProblem(work) {
  try {
    work();
    return undefined;
  } catch (error) {
    note(error.message);
    return error.message;
  }
}

/**
 * The engines alternate per workload, so that compared figures are measured shortly after each other: the speed of a machine
 * varies over time.
 */
async function measureAll(
  { engines, workloads, size },
  signal,
  installProblem,
) {
  const results = Object.fromEntries(engines.map((engine) => [engine, {}]));
  for (const workload of workloads)
    for (const engine of engines) {
      signal.throwIfAborted();
      const outcome =
        engine !== "aos" && installProblem
          ? { problem: installProblem }
          : await measureInProcess(engine, workload, size, signal);
      note(`${workload} ${engine} ${JSON.stringify(outcome)}`);
      results[engine][workload] = outcome;
    }
  signal.throwIfAborted();
  return results;
}

async function describeMachine() {
  const processors = cpus();
  return {
    node: process.version,
    cpus: processors.length,
    cpuModel: processors[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadAverage: loadavg()[0],
    startedAt: new Date().toISOString(),
    fsync: await withTemporaryFolder((folder) =>
      measureFsyncLatency(folder, fsyncWrites),
    ),
  };
}

function report({ json, engines, size }, machine, results) {
  const rows = compareEngines(results);
  const shown = Object.fromEntries(engines.map((name) => [name, names[name]]));
  const text = json
    ? JSON.stringify({ machine, size, results, rows }, null, 2)
    : [
        formatComparisonTable(rows, shown),
        "",
        ...formatRemarks(results, names),
        formatMachine(machine),
      ].join("\n");
  process.stdout.write(`${text}\n`);
}

const formatMachine = ({
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
