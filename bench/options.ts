import { parseArgs } from "node:util";
import type { WorkloadSize } from "./workload";

export interface BenchOptions {
  /** The workloads to run, in the order of `known`. */
  readonly names: readonly string[];
  readonly size: WorkloadSize;
}

/** Throws when an option or a workload is unknown. */
export function readBenchOptions(
  argv: readonly string[],
  known: readonly string[],
): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const wanted = values.only?.split(",").map((name) => name.trim()) ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `There is no workload named ${unknown.join(", ")}. The workloads are: ${known.join(", ")}.`,
    );
  return {
    names: known.filter((name) => wanted.includes(name)),
    size: values.quick ? "quick" : "full",
  };
}
