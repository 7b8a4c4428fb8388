// Measures one workload on one engine and sends the result to the parent process, which starts this script with `fork`.
// Arguments: ENGINE WORKLOAD SIZE FOLDER.
import process from "node:process";
import { chain10 } from "../../dist/bench/workloads/chain-10.js";
import { chain500 } from "../../dist/bench/workloads/chain-500.js";
import { entityUpdates } from "../../dist/bench/workloads/entity-updates.js";
import { fanOut1000 } from "../../dist/bench/workloads/fan-out-1000.js";
import { oneStep } from "../../dist/bench/workloads/one-step.js";
import { stopAll } from "./processes.mjs";

const workloads = { chain10, oneStep, fanOut1000, chain500, entityUpdates };
const [engineName, workloadName, size, folder] = process.argv.slice(2);

async function measure() {
  const { start, unsupported } = await import(`./engines/${engineName}.mjs`);
  if (Object.hasOwn(unsupported, workloadName))
    return { unsupported: unsupported[workloadName] };
  const { description, client } = await start(folder);
  const figures = await workloads[workloadName](client, size);
  return { description, figures };
}

/** Stops the engine before this process ends. */
async function end(code) {
  await stopAll();
  process.exit(code);
}
process.once("SIGTERM", () => void end(1));
process.once("disconnect", () => void end(1)); // The parent process has ended.

const outcome = await measure().catch((error) => ({ problem: error.message }));
process.send(outcome, () => void end(0));
