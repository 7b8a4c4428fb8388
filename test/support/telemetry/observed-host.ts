import { appendFileSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  startHostCommand,
  type ListeningProcess,
} from "../../../local-cloud/test/support/cli/cloud-process";

export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
export interface ExportedMetric {
  readonly metric: string;
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A request to the hub that starts an orchestration, and the trace that it says it is part of. */
interface ToldStart {
  readonly start: string;
  readonly traceparent?: string;
}

/** AOS on the embedded host, which writes what it tells into `file`. */
export const startObservedHost = (
  data: string,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ListeningProcess> => {
  appendFileSync(file, ""); // there from the start, also before anything is told
  return startHostCommand({
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
};

/** A line that the kill cut off is none. */
const linesOf = (
  file: string,
): readonly (ExportedSpan | ExportedMetric | ToldStart)[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map(
      (line) => JSON.parse(line) as ExportedSpan | ExportedMetric | ToldStart,
    );

export const readSpans = (file: string): readonly ExportedSpan[] =>
  linesOf(file).flatMap((line) => ("spanId" in line ? [line] : []));

export interface Histogram {
  readonly sum: number;
  readonly count: number;
  readonly buckets: { readonly boundaries: readonly number[] };
}
interface Point {
  readonly value: unknown;
}
/** The points of a measure: their attributes, and the value. */
export const readPoints = (file: string, metric: string): readonly Point[] =>
  linesOf(file).flatMap((line) =>
    "metric" in line && line.metric === metric
      ? [{ ...line.attributes, value: line.value }]
      : [],
  );
/** The point of a histogram, with its sum or its count for a value. */
export const withHistogramSum = (point: Point): Point => ({
  ...point,
  value: (point.value as Histogram).sum,
});
export const withHistogramCount = (point: Point): Point => ({
  ...point,
  value: (point.value as Histogram).count,
});

/** The trace with which that orchestration was started in the hub, as often as it was. */
export const readStartTraceparents = (file: string, id: string) =>
  linesOf(file).flatMap((line) =>
    "start" in line && line.start.includes(id) ? [line.traceparent] : [],
  );

/** Work that was done again has the id it had, and says the same: of each id one span is left. Throws when it does not. */
export function distinctSpans(
  spans: readonly ExportedSpan[],
): readonly ExportedSpan[] {
  const byId = new Map<string, ExportedSpan>();
  for (const span of spans) {
    const before = byId.get(span.spanId) ?? span;
    if (JSON.stringify(before) !== JSON.stringify(span))
      throw new Error(
        `One id, two spans: ${JSON.stringify(before)} and ${JSON.stringify(span)}`,
      );
    byId.set(span.spanId, span);
  }
  return [...byId.values()];
}

/**
 * Every span as the names from the top down to it and all that it says, sorted; ids of the orchestration, which spans
 * of two of them cannot share, as `<id>`.
 */
export function renderSpanTree(
  spans: readonly ExportedSpan[],
): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const path = ({ name, parent }: ExportedSpan): string => {
    const above = parent === undefined ? undefined : byId.get(parent);
    return above === undefined ? name : `${path(above)} > ${name}`;
  };
  return spans
    .map((span) => {
      const { "aos.orchestration.id": id, ...said } = span.attributes;
      const told = `${path(span)} ${JSON.stringify(said)}`;
      return told.replaceAll(String(id), "<id>");
    })
    .sort();
}

/** What one of two sorted trees has and the other one does not, as often as it has it more. */
export function symmetricDifference(
  one: readonly string[],
  other: readonly string[],
): readonly string[] {
  const more = (a: readonly string[], b: readonly string[]) => {
    const left = [...b];
    return a.filter((each) => {
      const at = left.indexOf(each);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return [...more(one, other), ...more(other, one)];
}

export const filterByOperation = (
  spans: readonly ExportedSpan[],
  operation: string,
): readonly ExportedSpan[] =>
  spans.filter(
    ({ attributes }) => attributes["gen_ai.operation.name"] === operation,
  );

export const sumAttribute = (
  spans: readonly ExportedSpan[],
  operation: string,
  attribute: string,
): number =>
  filterByOperation(spans, operation).reduce(
    (all, { attributes }) => all + Number(attributes[attribute]),
    0,
  );

export const expectedLogEvent = (
  orchestrationId: string,
  name: string,
  more: Readonly<Record<string, unknown>>,
) => ({ event: name, orchestrationId, ...more });

type LoggedEvent = Readonly<Record<string, unknown>> & {
  readonly event: string;
};
/** The events that the app has logged, of what the host has written. */
export const parseLogEvents = (output: string) =>
  output
    .split("\n")
    .flatMap((line) => /\.User: (\{"event".*\})$/.exec(line)?.[1] ?? [])
    .map((line) => JSON.parse(line) as LoggedEvent);

/** Of one orchestration. */
export const readOrchestrationSpans = (
  file: string,
  id: string,
): readonly ExportedSpan[] =>
  readSpans(file).filter(
    ({ attributes }) => attributes["aos.orchestration.id"] === id,
  );

export const sumValues = (
  told: readonly { readonly value: unknown }[],
): number => told.reduce((all, { value }) => all + Number(value), 0);
