import type { Figures } from "./workload";

/** The result of one workload on one engine; has no figures if the workload was not measured. */
export interface WorkloadOutcome {
  readonly figures?: Figures;
}

/** The outcomes of one engine by workload. */
export type EngineOutcomes = Readonly<Record<string, WorkloadOutcome>>;

/** One figure of all engines. A ratio above 1 means that AOS is faster; `ratio` compares it with the best peer. */
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
  /** The name of the value in the workload's figures. */
  readonly name: string;
  readonly factor: number;
}

const aosEngine = "aos";
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
    title: "1,000 parallel steps: ms",
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

/** Returns a row for each figure that at least one engine has. */
export const compareEngines = (
  results: Readonly<Record<string, EngineOutcomes>>,
): readonly ComparisonRow[] =>
  figures
    .map((figure) => toRow(figure, results))
    .filter((row) => Object.keys(row.values).length > 0);

function toRow(
  { workload, title, better, name, factor }: Figure,
  results: Readonly<Record<string, EngineOutcomes>>,
): ComparisonRow {
  const values: Record<string, number> = {};
  for (const [engine, outcomes] of Object.entries(results)) {
    const value = outcomes[workload]?.figures?.[name];
    if (value !== undefined) values[engine] = value * factor;
  }
  const ratios = computeRatios(values, better);
  return { title, values, ratios, ratio: minimum(Object.values(ratios)) };
}

function computeRatios(
  values: Readonly<Record<string, number>>,
  better: Figure["better"],
): Readonly<Record<string, number>> {
  const aosValue = values[aosEngine];
  if (aosValue === undefined) return {};
  return Object.fromEntries(
    Object.entries(values)
      .filter(([engine]) => engine !== aosEngine)
      .map(([engine, peerValue]) => [
        engine,
        better === "more" ? aosValue / peerValue : peerValue / aosValue,
      ]),
  );
}

const minimum = (ratios: readonly number[]): number | undefined =>
  ratios.length === 0 ? undefined : Math.min(...ratios);

/** Formats the rows as a Markdown table with a column for each engine, in the order of `names`. */
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
      ...engines.map((engine) => formatCell(values[engine], ratios[engine])),
      ratio === undefined ? "–" : `${formatNumber(ratio)} ×`,
    ]),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function formatCell(
  value: number | undefined,
  ratio: number | undefined,
): string {
  if (value === undefined) return "–";
  return ratio === undefined
    ? formatNumber(value)
    : `${formatNumber(value)} (${formatNumber(ratio)} ×)`;
}

const formatNumber = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(value < 10 ? 2 : 3)));
