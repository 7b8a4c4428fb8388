/**
 * Metric instruments.
 *
 * 1. Instruments are created on first use, when the meter provider is registered.
 * 2. The process that writes a start, failure, turn or takeover counts it: never twice, and not at all when the process
 *    crashes between the write and the next export.
 * 3. Model and tool calls are counted per call, including calls that are repeated after a crash, because each one costs.
 */
import { metrics } from "@opentelemetry/api";
import { metricNames, attributeNames } from "../conventions";

/** Bucket boundaries of the semantic conventions; the defaults of the SDK are for milliseconds. */
const tokenBuckets = Array.from({ length: 14 }, (_, index) => 4 ** index);
const secondBuckets = Array.from(
  { length: 14 },
  (_, index) => 2 ** index / 100,
);

const createInstruments = () => {
  const meter = metrics.getMeter("aos");
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(name, { unit, description });
  const histogram = (
    name: string,
    unit: string,
    buckets: number[],
    description: string,
  ) =>
    meter.createHistogram(name, {
      unit,
      description,
      advice: { explicitBucketBoundaries: buckets },
    });
  return {
    turns: counter(
      metricNames.turns,
      "{turn}",
      "Number of agent turns that ended.",
    ),
    starts: counter(
      metricNames.starts,
      "{orchestration}",
      "Number of orchestrations started.",
    ),
    failures: counter(
      metricNames.failures,
      "{orchestration}",
      "Number of orchestrations that failed.",
    ),
    takeovers: counter(
      metricNames.takeovers,
      "{claim}",
      "Number of claims that were taken over.",
    ),
    tokens: histogram(
      metricNames.tokens,
      "{token}",
      tokenBuckets,
      "Token usage of model calls.",
    ),
    modelDuration: histogram(
      metricNames.modelDuration,
      "s",
      secondBuckets,
      "Duration of model calls.",
    ),
    toolDuration: histogram(
      metricNames.toolDuration,
      "s",
      secondBuckets,
      "Duration of tool calls.",
    ),
  };
};
let created: ReturnType<typeof createInstruments> | undefined;
export const getInstruments = () => (created ??= createInstruments());

/** Called after the hub has accepted the start, which it does once per id. */
export const countStart = (workflow: string, by: string): void => {
  getInstruments().starts.add(1, {
    [attributeNames.workflow]: workflow,
    [attributeNames.startedBy]: by,
  });
};

/** Called by the process that wrote the final state. */
export const countFailure = (
  workflow: string | undefined,
  code: string,
): void => {
  getInstruments().failures.add(1, {
    ...(workflow !== undefined && { [attributeNames.workflow]: workflow }),
    [attributeNames.errorType]: code,
  });
};

/** Called by the process that took the claim over; storage lets only one succeed. */
export const countTakeover = (reason: string, by: string): void => {
  getInstruments().takeovers.add(1, {
    [attributeNames.takeoverReason]: reason,
    [attributeNames.startedBy]: by,
  });
};
