import { fillTaskHub } from "../fill-task-hub";
import { startBenchHost } from "../processes";
import {
  withTemporaryFolder,
  measureOnHost,
  measureOnHostWithData,
  readRssMiB,
} from "../measure";
import { median } from "../statistics";
import type {
  Figures,
  WorkloadSize,
  SystemWorkload,
  HostWorkload,
} from "../workload";
import { chain10 } from "./chain-10";
import { chain500 } from "./chain-500";
import { entityUpdates } from "./entity-updates";
import { fanOut1000 } from "./fan-out-1000";
import { oneStep } from "./one-step";

const sizes = {
  full: { finished: 100_000, rounds: 5 },
  quick: { finished: 1000, rounds: 1 },
};

/** Name, workload, figure, and whether a higher figure is better. */
const compared: readonly (readonly [string, HostWorkload, string, boolean])[] =
  [
    ["chain10", chain10, "perSecond", true],
    ["oneStep", oneStep, "p50Ms", false],
    ["fanOut1000", fanOut1000, "medianSeconds", false],
    ["chain500", chain500, "medianSeconds", false],
    ["entitySignals", entityUpdates, "signalsPerSecond", true],
    ["entityCalls", entityUpdates, "callsPerSecond", true],
  ];

/**
 * The cost of 100,000 finished orchestrations in the task hub: alternates every workload between an empty and a full hub.
 * `…CostsMorePercent` compares the medians of both; a negative value means that the full hub was faster.
 */
export const finished100000: SystemWorkload = (size, signal) =>
  withTemporaryFolder(async (folder) => {
    const { finished, rounds } = sizes[size];
    await fillTaskHub(folder, finished);
    const startUp = await measureStartUp(folder, rounds, signal);
    let figures: Figures = { finished, rounds, ...startUp };
    for (const workload of new Set(compared.map(([, workload]) => workload)))
      figures = {
        ...figures,
        ...(await measureBothHubs(folder, workload, size, signal)),
      };
    return figures;
  });

async function measureBothHubs(
  folder: string,
  workload: HostWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> {
  const empty: Figures[] = [];
  const full: Figures[] = [];
  const measurements = [
    async () => empty.push(await measureOnHost(workload, size, signal)),
    async () =>
      full.push(await measureOnHostWithData(folder, workload, size, signal)),
  ];
  for (let round = 0; round < sizes[size].rounds; round += 1) {
    for (const run of measurements) await run();
    measurements.reverse(); // The second one may benefit from warm caches.
  }
  return Object.assign(
    {},
    ...compared
      .filter(([, one]) => one === workload)
      .map(([name, , figure, isRate]) =>
        compareMedians(
          name,
          figureMedian(empty, figure),
          figureMedian(full, figure),
          isRate,
        ),
      ),
  ) as Figures;
}

const figureMedian = (all: readonly Figures[], figure: string): number =>
  median(all.flatMap(({ [figure]: value }) => value ?? []));

const compareMedians = (
  name: string,
  empty: number,
  full: number,
  isRate: boolean,
): Figures => ({
  [`${name}Empty`]: empty,
  [`${name}Full`]: full,
  [`${name}CostsMorePercent`]:
    ((isRate ? empty / full : full / empty) - 1) * 100,
});

/** From the start of the process to its first response, with the file in the page cache. */
async function measureStartUp(
  full: string,
  rounds: number,
  signal: AbortSignal,
): Promise<Figures> {
  const once = async (folder: string): Promise<number> => {
    const start = performance.now();
    await using host = await startBenchHost(folder);
    await readRssMiB(host.url);
    return performance.now() - start;
  };
  const emptyMs: number[] = [];
  const fullMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted();
    emptyMs.push(await withTemporaryFolder(once));
    fullMs.push(await once(full));
  }
  return {
    startUpEmptySeconds: median(emptyMs) / 1000,
    startUpFullSeconds: median(fullMs) / 1000,
  };
}
