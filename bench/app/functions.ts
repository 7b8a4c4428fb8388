/** The app that is measured: it does as little as it can, so that what is timed is the host and the task hub. */
import { app as functions } from "@azure/functions";
import { app, EntityId, type OrchestrationContext } from "durable-functions";

/** What each orchestration takes and gives back. */
export interface BenchOrchestrations {
  /** That many activities, one after another. */
  readonly chain: { readonly input: number; readonly output: number };
  /** That many activities at once. */
  readonly fanOut: { readonly input: number; readonly output: number };
  /** Adds one to a counter that many times, each time waiting for the answer. */
  readonly countUp: {
    readonly input: { readonly counter: string; readonly times: number };
    readonly output: number;
  };
  /** What a counter stands at, after all that was signalled to it before. */
  readonly countOf: { readonly input: string; readonly output: number };
  /** Waits so many milliseconds on a timer. */
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

// The embedded host loads an app into its own process, so the app can tell how much memory the host holds.
functions.http("memory", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: () => ({ jsonBody: { rssBytes: process.memoryUsage.rss() } }),
});
