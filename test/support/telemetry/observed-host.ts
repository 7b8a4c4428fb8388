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

/** A request to the hub that starts an orchestration, with its `traceparent` header. */
interface ExportedStart {
  readonly start: string;
  readonly traceparent?: string;
}

/** Starts AOS on the local host with exporters that append one line of JSON per item to `file`. */
export const startObservedHost = (
  data: string,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ListeningProcess> => {
  appendFileSync(file, ""); // creates the file
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

/** Ignores a last line that the kill of the host has truncated. */
const readLines = (
  file: string,
): readonly (ExportedSpan | ExportedMetric | ExportedStart)[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map(
      (line) =>
        JSON.parse(line) as ExportedSpan | ExportedMetric | ExportedStart,
    );

export const readSpans = (file: string): readonly ExportedSpan[] =>
  readLines(file).flatMap((line) => ("spanId" in line ? [line] : []));

export interface Histogram {
  readonly sum: number;
  readonly count: number;
  readonly buckets: { readonly boundaries: readonly number[] };
}
export interface MetricPoint {
  readonly value: unknown;
}
/** Reads the data points of a metric, each as its attributes and `value`. */
export const readPoints = (
  file: string,
  metric: string,
): readonly MetricPoint[] =>
  readLines(file).flatMap((line) =>
    "metric" in line && line.metric === metric
      ? [{ ...line.attributes, value: line.value }]
      : [],
  );
/** Replaces the value of a histogram point by its sum. */
export const withHistogramSum = (point: MetricPoint): MetricPoint => ({
  ...point,
  value: (point.value as Histogram).sum,
});
export const withHistogramCount = (point: MetricPoint): MetricPoint => ({
  ...point,
  value: (point.value as Histogram).count,
});

/** Returns the `traceparent` of each start of the orchestration in the hub. */
export const readStartTraceparents = (file: string, id: string) =>
  readLines(file).flatMap((line) =>
    "start" in line && line.start.includes(id) ? [line.traceparent] : [],
  );

/** Removes repeated spans. Throws when two spans with the same id differ. */
export function distinctSpans(
  spans: readonly ExportedSpan[],
): readonly ExportedSpan[] {
  const byId = new Map<string, ExportedSpan>();
  for (const span of spans) {
    const before = byId.get(span.spanId) ?? span;
    if (JSON.stringify(before) !== JSON.stringify(span))
      throw new Error(
        `Two spans with the same id differ: ${JSON.stringify(before)} and ${JSON.stringify(span)}`,
      );
    byId.set(span.spanId, span);
  }
  return [...byId.values()];
}

/**
 * Renders each span as the path of names from its root and its attributes, sorted. Replaces the orchestration id by
 * `<id>`, so that the trees of two orchestrations are comparable.
 */
export function renderSpanTree(
  spans: readonly ExportedSpan[],
): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const path = ({ name, parent }: ExportedSpan): string => {
    const ancestor = parent === undefined ? undefined : byId.get(parent);
    return ancestor === undefined ? name : `${path(ancestor)} > ${name}`;
  };
  return spans
    .map((span) => {
      const { "aos.orchestration.id": id, ...attributes } = span.attributes;
      const line = `${path(span)} ${JSON.stringify(attributes)}`;
      return line.replaceAll(String(id), "<id>");
    })
    .sort();
}

/** Returns the lines that only one of the two trees contains, respecting their number. */
export function symmetricDifference(
  one: readonly string[],
  other: readonly string[],
): readonly string[] {
  const surplus = (a: readonly string[], b: readonly string[]) => {
    const unmatched = [...b];
    return a.filter((line) => {
      const at = unmatched.indexOf(line);
      if (at >= 0) unmatched.splice(at, 1);
      return at < 0;
    });
  };
  return [...surplus(one, other), ...surplus(other, one)];
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
    (total, { attributes }) => total + Number(attributes[attribute]),
    0,
  );

export const expectedLogEvent = (
  orchestrationId: string,
  name: string,
  fields: Readonly<Record<string, unknown>>,
) => ({ event: name, orchestrationId, ...fields });

type LoggedEvent = Readonly<Record<string, unknown>> & {
  readonly event: string;
};
/** Returns the log events of the app from the output of the host. */
export const parseLogEvents = (output: string) =>
  output
    .split("\n")
    .flatMap((line) => /\.User: (\{"event".*\})$/.exec(line)?.[1] ?? [])
    .map((line) => JSON.parse(line) as LoggedEvent);

export const readOrchestrationSpans = (
  file: string,
  id: string,
): readonly ExportedSpan[] =>
  readSpans(file).filter(
    ({ attributes }) => attributes["aos.orchestration.id"] === id,
  );

export const sumValues = (
  points: readonly { readonly value: unknown }[],
): number => points.reduce((sum, { value }) => sum + Number(value), 0);
