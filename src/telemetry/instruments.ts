/** What is counted. Made with the first use, when a meter is there that counts; without one it costs nothing. */
import { metrics } from "@opentelemetry/api";
import { metricNames, names } from "./conventions";

const make = () => {
  const meter = metrics.getMeter("aos");
  const count = (name: string, description: string) =>
    meter.createCounter(name, { description });
  return {
    turns: count(metricNames.turns, "Turns of agents that have ended"),
    starts: count(metricNames.starts, "Orchestrations that were started"),
    failures: count(metricNames.failures, "Orchestrations that have failed"),
    takeovers: count(
      metricNames.takeovers,
      "Claims of starters that died, taken over by others",
    ),
    tokens: meter.createHistogram(metricNames.tokens, { unit: "{token}" }),
    modelSeconds: meter.createHistogram(metricNames.modelDuration, {
      unit: "s",
    }),
    toolSeconds: meter.createHistogram(metricNames.toolDuration, { unit: "s" }),
  };
};
let made: ReturnType<typeof make> | undefined;
export const instruments = () => (made ??= make());

export const countStart = (workflow: string): void => {
  instruments().starts.add(1, { "aos.workflow.name": workflow });
};
export const countFailure = (code: string): void => {
  instruments().failures.add(1, { [names.errorType]: code });
};
export const countTakeover = (): void => {
  instruments().takeovers.add(1);
};
