import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { startHost, type Started } from "../support/local-host";

export interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
export interface ToldMetric {
  readonly metric: string;
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** AOS on the embedded host, which writes what it tells into `file`. */
export const startObserved = (
  data: string,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Started> =>
  startHost({
    app: resolve("test/fixtures/observed-aos"),
    data,
    env: {
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AOS_MODEL_PROVIDER: "offline",
      AOS_REPORTS_FOLDER: `${data}-reports`,
      SPANS_FILE: file,
      ...env,
    },
  });

/** A line that the kill cut off is none. */
const linesOf = (file: string): readonly (ToldSpan | ToldMetric)[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ToldSpan | ToldMetric);

export const spansOf = (file: string): readonly ToldSpan[] =>
  linesOf(file).flatMap((line) => ("spanId" in line ? [line] : []));
export const metricsOf = (file: string): readonly ToldMetric[] =>
  linesOf(file).flatMap((line) => ("metric" in line ? [line] : []));

/** Work that was done again has the id it had: the last telling of it counts. */
export const distinct = (spans: readonly ToldSpan[]): readonly ToldSpan[] => [
  ...new Map(spans.map((span) => [span.spanId, span])).values(),
];

/**
 * Every span as the names from the top down to it, sorted. Records and announcements are left out: how many facts one
 * record holds, and who has to be woken, depends on what happens to end together.
 */
export const treeOf = (spans: readonly ToldSpan[]): readonly string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const path = ({ name, parent }: ToldSpan): string => {
    const above = parent === undefined ? undefined : byId.get(parent);
    return above === undefined ? name : `${path(above)} > ${name}`;
  };
  return spans
    .filter(({ name }) => !["recordHistory", "announceStep"].includes(name))
    .map(path)
    .sort();
};

export const sum = (
  spans: readonly ToldSpan[],
  operation: string,
  attribute: string,
): number =>
  spans
    .filter(
      ({ attributes }) => attributes["gen_ai.operation.name"] === operation,
    )
    .reduce((all, { attributes }) => all + Number(attributes[attribute]), 0);
