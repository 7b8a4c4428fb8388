/** What `npm run bench:peers` measured, as one row for each figure and as a table. */
import type { Figures } from "./workload";

/** What came of one workload on one engine: without figures, why there are none. */
export interface WorkloadOutcome {
  readonly figures?: Figures;
}

/** The engine's workloads by name. */
export type EngineOutcomes = Readonly<Record<string, WorkloadOutcome>>;

/** Values by engine, each with how many times as fast AOS is; `ratio` is the one to the best peer. */
export interface ComparisonRow {
  readonly title: string;
  readonly values: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
  readonly ratio: number | undefined;
}

interface Figure {
  readonly workload: string;
  readonly title: string;
  readonly better: "more" | "less";
  /** The name that the workload gives the value. */
  readonly name: string;
  readonly factor: number;
}

const ours = "aos";
const stepsOfChain10 = 10;
const msPerSecond = 1000;

const figures: readonly Figure[] = [
  {
    workload: "chain10",
    title: "10-step chains, 50 at a time: steps/s",
    better: "more",
    name: "perSecond",
    factor: stepsOfChain10,
  },
  {
    workload: "oneStep",
    title: "one step: p50, ms",
    better: "less",
    name: "p50Ms",
    factor: 1,
  },
  {
    workload: "oneStep",
    title: "one step: p99, ms",
    better: "less",
    name: "p99Ms",
    factor: 1,
  },
  {
    workload: "fanOut1000",
    title: "1,000 steps at once: ms",
    better: "less",
    name: "medianSeconds",
    factor: msPerSecond,
  },
  {
    workload: "chain500",
    title: "500 steps in a row: ms",
    better: "less",
    name: "medianSeconds",
    factor: msPerSecond,
  },
  {
    workload: "entityUpdates",
    title: "one entity, signalled: updates/s",
    better: "more",
    name: "signalsPerSecond",
    factor: 1,
  },
  {
    workload: "entityUpdates",
    title: "one entity, called: updates/s",
    better: "more",
    name: "callsPerSecond",
    factor: 1,
  },
];

/** A row for each figure that at least one engine has. */
export const compareEngines = (
  results: Readonly<Record<string, EngineOutcomes>>,
): readonly ComparisonRow[] =>
  figures
    .map((figure) => rowOf(figure, results))
    .filter((row) => Object.keys(row.values).length > 0);

function rowOf(
  { workload, title, better, name, factor }: Figure,
  results: Readonly<Record<string, EngineOutcomes>>,
): ComparisonRow {
  const values: Record<string, number> = {};
  for (const [engine, outcomes] of Object.entries(results)) {
    const value = outcomes[workload]?.figures?.[name];
    if (value !== undefined) values[engine] = value * factor;
  }
  const ratios = ratiosOf(values, better);
  return { title, values, ratios, ratio: smallest(Object.values(ratios)) };
}

/** Above 1, AOS is the faster one, whichever way the figure counts. */
function ratiosOf(
  values: Readonly<Record<string, number>>,
  better: Figure["better"],
): Readonly<Record<string, number>> {
  const our = values[ours];
  if (our === undefined) return {};
  return Object.fromEntries(
    Object.entries(values)
      .filter(([engine]) => engine !== ours)
      .map(([engine, their]) => [
        engine,
        better === "more" ? our / their : their / our,
      ]),
  );
}

const smallest = (ratios: readonly number[]): number | undefined =>
  ratios.length === 0 ? undefined : Math.min(...ratios);

/** The rows in Markdown, a column for each engine in the order of `names`. */
export function formatComparisonTable(
  rows: readonly ComparisonRow[],
  names: Readonly<Record<string, string>>,
): string {
  const engines = Object.keys(names);
  const lines = [
    ["figure", ...Object.values(names), "AOS : best peer"],
    ["---", ...engines.map(() => "---:"), "---:"],
    ...rows.map(({ title, values, ratios, ratio }) => [
      title,
      ...engines.map((engine) => cell(values[engine], ratios[engine])),
      ratio === undefined ? "–" : `${digits(ratio)} ×`,
    ]),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cell(value: number | undefined, ratio: number | undefined): string {
  if (value === undefined) return "–";
  return ratio === undefined
    ? digits(value)
    : `${digits(value)} (${digits(ratio)} ×)`;
}

const digits = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(value < 10 ? 2 : 3)));
