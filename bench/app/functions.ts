/** The measured app. Its functions do no work, so that the results show the cost of the host and the task hub. */
import { app as functions } from "@azure/functions";
import { app, EntityId, type OrchestrationContext } from "durable-functions";

/** Input and output of each orchestration. */
export interface BenchOrchestrations {
  /** Runs `input` activities in sequence. */
  readonly chain: { readonly input: number; readonly output: number };
  /** Runs `input` activities in parallel. */
  readonly fanOut: { readonly input: number; readonly output: number };
  /** Calls the counter entity `times` times in sequence. */
  readonly countUp: {
    readonly input: { readonly counter: string; readonly times: number };
    readonly output: number;
  };
  /** Returns the counter's value after all earlier signals. */
  readonly countOf: { readonly input: string; readonly output: number };
  /** Waits `input` milliseconds on a timer. */
  readonly sleep: { readonly input: number; readonly output: number };
}

app.activity("nothing", { handler: () => null });

function* chain(context: OrchestrationContext) {
  const steps = context.df.getInput<number>();
  for (let step = 0; step < steps; step += 1)
    yield context.df.callActivity("nothing");
  return steps;
}

function* fanOut(context: OrchestrationContext) {
  const width = context.df.getInput<number>();
  const results: unknown = yield context.df.Task.all(
    Array.from({ length: width }, () => context.df.callActivity("nothing")),
  );
  return (results as readonly unknown[]).length;
}

function* countUp(context: OrchestrationContext) {
  const { counter, times } =
    context.df.getInput<BenchOrchestrations["countUp"]["input"]>();
  const id = new EntityId("counter", counter);
  let count: unknown = 0;
  for (let time = 0; time < times; time += 1)
    count = yield context.df.callEntity(id, "add");
  return count;
}

function* countOf(context: OrchestrationContext) {
  const id = new EntityId("counter", context.df.getInput<string>());
  const count: unknown = yield context.df.callEntity(id, "get");
  return count;
}

function* sleep(context: OrchestrationContext) {
  const { df } = context;
  const ms = df.getInput<number>();
  yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + ms));
  return ms;
}

app.orchestration("chain", chain);
app.orchestration("fanOut", fanOut);
app.orchestration("countUp", countUp);
app.orchestration("countOf", countOf);
app.orchestration("sleep", sleep);

app.entity<number>("counter", ({ df }) => {
  const count = df.getState(() => 0) ?? 0;
  const next = df.operationName === "add" ? count + 1 : count;
  df.setState(next);
  df.return(next);
});

// The embedded host loads the app into its own process: this is the memory of the host.
functions.http("memory", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: () => ({ jsonBody: { rssBytes: process.memoryUsage.rss() } }),
});
