/**
 * What is counted. Made with the first use, when a meter is there that counts; without one it costs nothing.
 *
 * Starts, failures, turns and takeovers are counted by whoever made the write that makes them so: never twice, whatever
 * is done again, but not at all when the process dies between that write and the next export. Calls of models and tools
 * are counted as often as they were made, because that is what they cost: a call whose result was lost in a crash was
 * made, and is made again.
 */
import { metrics } from "@opentelemetry/api";
import { metricNames, attributeNames } from "../conventions";

/** As the conventions have them: the SDK's own are for milliseconds. */
const tokenBuckets = Array.from({ length: 14 }, (_, at) => 4 ** at);
const secondBuckets = Array.from({ length: 14 }, (_, at) => 2 ** at / 100);

const make = () => {
  const meter = metrics.getMeter("aos");
  const count = (name: string, unit: string, description: string) =>
    meter.createCounter(name, { unit, description });
  const spread = (
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
    turns: count(
      metricNames.turns,
      "{turn}",
      "Turns of agents that have ended",
    ),
    starts: count(
      metricNames.starts,
      "{orchestration}",
      "Orchestrations that were started",
    ),
    failures: count(
      metricNames.failures,
      "{orchestration}",
      "Orchestrations that have failed",
    ),
    takeovers: count(
      metricNames.takeovers,
      "{claim}",
      "Claims taken over by somebody who can start them",
    ),
    tokens: spread(
      metricNames.tokens,
      "{token}",
      tokenBuckets,
      "Tokens of calls of models",
    ),
    modelSeconds: spread(
      metricNames.modelDuration,
      "s",
      secondBuckets,
      "Calls of models",
    ),
    toolSeconds: spread(
      metricNames.toolDuration,
      "s",
      secondBuckets,
      "Calls of tools",
    ),
  };
};
let made: ReturnType<typeof make> | undefined;
export const getInstruments = () => (made ??= make());

/** When the hub has taken the start; it takes one of an id only once. */
export const countStart = (workflow: string, by: string): void => {
  getInstruments().starts.add(1, {
    [attributeNames.workflow]: workflow,
    [attributeNames.startedBy]: by,
  });
};

/** By whoever wrote the end of an orchestration. */
export const countFailure = (
  workflow: string | undefined,
  code: string,
): void => {
  getInstruments().failures.add(1, {
    ...(workflow !== undefined && { [attributeNames.workflow]: workflow }),
    [attributeNames.errorType]: code,
  });
};

/** By whoever took the claim over, which the store lets one of several do. */
export const countTakeover = (reason: string, by: string): void => {
  getInstruments().takeovers.add(1, {
    [attributeNames.takeoverReason]: reason,
    [attributeNames.startedBy]: by,
  });
};
