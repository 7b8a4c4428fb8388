import type { OrchestrationHandler } from "durable-functions";
import { EventType } from "../durable-task/model/history-event";
import { TaskHub } from "../durable-task/engine/task-hub";
import { toInstanceView } from "../durable-task/http-api/instance-view";
import { isInstanceEnded, type Instance } from "../durable-task/model/instance";
import type { RecordedEvent } from "../durable-task/engine/recorded-history";
import { parseDurableTaskSettings } from "../durable-task/engine/settings";
import { openTaskHubStore } from "../durable-task/store/sqlite-store";
import { VirtualClock } from "../shared/time/virtual-clock";
import { type FunctionRegistry, registerStubs, type Stubs } from "./stubs";
import { type Duration, durationToMs } from "./duration";
import { TestKitError } from "./test-kit-error";

export interface ScheduledExternalEvent {
  readonly name: string;
  readonly data?: unknown;
  /** When it comes, counted from the start. Default: at once. */
  readonly after?: Duration;
}

export interface RunOrchestratorOptions extends Stubs {
  readonly input?: unknown;
  /** Raised in this order where they come at the same time. */
  readonly events?: readonly ScheduledExternalEvent[];
  /** The time at which the orchestration starts. Default: now. */
  readonly now?: Date;
  /** The longest that it may take, in its own time. Default: 10 years. */
  readonly within?: Duration;
}

export interface OrchestrationRunResult {
  readonly runtimeStatus: "Completed" | "Failed" | "Terminated";
  /** The result, or the reason of a failure. */
  readonly output: unknown;
  readonly customStatus: unknown;
  /** For `replay`. */
  readonly history: readonly RecordedEvent[];
}

/**
 * Runs an orchestrator to its end without a host: on a task hub in memory, with the client library's own executor.
 * Timers pass in an instant. Throws `TestKitError` when it would never end.
 */
export async function runOrchestrator(
  orchestrator: OrchestrationHandler,
  {
    input,
    events = [],
    now = new Date(),
    within = "520 weeks",
    ...roles
  }: RunOrchestratorOptions = {},
): Promise<OrchestrationRunResult> {
  const clock = new VirtualClock(now.getTime());
  const cast = registerStubs(orchestrator, roles);
  const hub = hubInMemory(cast, clock);
  try {
    const instanceId = await start(hub, cast, input);
    for (const { name, data = null, after = 0 } of events)
      clock.schedule(now.getTime() + durationToMs(after), () => {
        void hub.send(instanceId, {
          EventType: EventType.EventRaised,
          Name: name,
          Input: JSON.stringify(data),
        });
      });
    await play(hub, clock, instanceId, now.getTime() + durationToMs(within));
    return endOf(hub, instanceId);
  } finally {
    await hub.stop(0);
  }
}

const hubInMemory = (
  { functions, invoke }: FunctionRegistry,
  clock: VirtualClock,
): TaskHub =>
  new TaskHub({
    store: openTaskHubStore(":memory:"),
    settings: parseDurableTaskSettings({}),
    functions,
    invoke,
    clock,
    // What goes wrong in a function reaches the orchestration; memory has no disk that could be full.
    reportProblem: () => undefined,
    onFatalError: () => undefined,
  });

async function start(
  hub: TaskHub,
  { orchestratorName }: FunctionRegistry,
  input: unknown,
): Promise<string> {
  const instanceId = "tested";
  await hub.start({
    name: orchestratorName,
    instanceId,
    input: input === undefined ? null : JSON.stringify(input),
  });
  return instanceId;
}

/** Goes from one due time to the next until the instance has ended. */
async function play(
  hub: TaskHub,
  clock: VirtualClock,
  instanceId: string,
  deadline: number,
): Promise<void> {
  const atRest = (): Promise<void> => hub.whenIdle();
  await clock.advance(0, atRest);
  while (!isInstanceEnded(found(hub, instanceId))) {
    const { nextDueTime } = clock;
    if (nextDueTime === undefined)
      throw new TestKitError(
        "orchestration_waits",
        "The orchestration waits, and nothing is left that could wake it: no timer is set and no event is on its way. Give the event that it waits for in `events`.",
      );
    if (nextDueTime > deadline)
      throw new TestKitError(
        "orchestration_endless",
        `The orchestration has not ended at ${new Date(clock.now()).toISOString()}, and what it waits for next is due after the time that it may take. Give it longer with \`within\`, or an input that makes it end.`,
      );
    await clock.advance(Math.max(nextDueTime - clock.now(), 0), atRest);
  }
}

function endOf(hub: TaskHub, instanceId: string): OrchestrationRunResult {
  const { runtimeStatus, output, customStatus } = toInstanceView(
    found(hub, instanceId),
    { showInput: false },
  );
  return {
    runtimeStatus: runtimeStatus as OrchestrationRunResult["runtimeStatus"],
    output,
    customStatus,
    history: hub.getRecordedHistory(instanceId) ?? [],
  };
}

function found(hub: TaskHub, instanceId: string): Instance {
  const instance = hub.getInstance(instanceId);
  if (instance) return instance;
  throw new Error(`The instance '${instanceId}' is not in the hub.`);
}
