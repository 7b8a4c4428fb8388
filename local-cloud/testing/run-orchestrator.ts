import type { OrchestrationHandler } from "durable-functions";
import { EventType } from "../durable-task/model/history-event";
import type { LostEpisodesOptions } from "../durable-task/engine/orchestrations/lost-episodes";
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
  /** The time from the start until the event is raised. Default: 0. */
  readonly after?: Duration;
}

export interface RunOrchestratorOptions extends Stubs {
  readonly input?: unknown;
  /** Events with the same time are raised in this order. */
  readonly events?: readonly ScheduledExternalEvent[];
  /** The time at which the orchestration starts. Default: now. */
  readonly now?: Date;
  /** Loses episodes after their messages were sent, as Azure Storage can. Default: none is lost. */
  readonly lostEpisodes?: LostEpisodesOptions;
  /** The time limit, in the time of the orchestration. Default: 10 years. */
  readonly within?: Duration;
}

export interface OrchestrationRunResult {
  readonly runtimeStatus: "Completed" | "Failed" | "Terminated";
  /** The result, or the reason of a failure or termination. */
  readonly output: unknown;
  readonly customStatus: unknown;
  /** For `checkReplay`. */
  readonly history: readonly RecordedEvent[];
}

/**
 * Runs an orchestrator to its end without a host: on a task hub in memory, with the executor of `durable-functions`.
 * Timers fire immediately, in virtual time. Throws `TestKitError` when the orchestration would never end.
 */
export async function runOrchestrator(
  orchestrator: OrchestrationHandler,
  {
    input,
    events = [],
    now = new Date(),
    within = "520 weeks",
    lostEpisodes,
    ...stubs
  }: RunOrchestratorOptions = {},
): Promise<OrchestrationRunResult> {
  const clock = new VirtualClock(now.getTime());
  const registry = registerStubs(orchestrator, stubs);
  const hub = createInMemoryHub(registry, clock, lostEpisodes);
  try {
    const instanceId = await startInstance(hub, registry, input);
    for (const { name, data = null, after = 0 } of events)
      clock.schedule(now.getTime() + durationToMs(after), () => {
        void hub.send(instanceId, {
          EventType: EventType.EventRaised,
          Name: name,
          Input: JSON.stringify(data),
        });
      });
    await runUntilEnded(
      hub,
      clock,
      instanceId,
      now.getTime() + durationToMs(within),
    );
    return toRunResult(hub, instanceId);
  } finally {
    await hub.stop(0);
  }
}

const createInMemoryHub = (
  { functions, invoke }: FunctionRegistry,
  clock: VirtualClock,
  lostEpisodes: LostEpisodesOptions | undefined,
): TaskHub =>
  new TaskHub({
    store: openTaskHubStore(":memory:"),
    settings: parseDurableTaskSettings({}),
    functions,
    invoke,
    clock,
    lostEpisodes,
    // Not used: errors of functions are passed to the orchestration, and an in-memory store cannot fail.
    reportProblem: () => undefined,
    onFatalError: () => undefined,
  });

async function startInstance(
  hub: TaskHub,
  { orchestratorName }: FunctionRegistry,
  input: unknown,
): Promise<string> {
  const instanceId = "test-instance";
  await hub.start({
    name: orchestratorName,
    instanceId,
    input: input === undefined ? null : JSON.stringify(input),
  });
  return instanceId;
}

/** Advances the clock from one due time to the next until the instance has ended. */
async function runUntilEnded(
  hub: TaskHub,
  clock: VirtualClock,
  instanceId: string,
  deadline: number,
): Promise<void> {
  const whenIdle = (): Promise<void> => hub.whenIdle();
  await clock.advance(0, whenIdle);
  while (!isInstanceEnded(findInstance(hub, instanceId))) {
    const { nextDueTime } = clock;
    if (nextDueTime === undefined)
      throw new TestKitError(
        "orchestration_waits",
        "The orchestration waits, and no timer or event is left that could resume it: add the event that it waits for to `events`.",
      );
    if (nextDueTime > deadline)
      throw new TestKitError(
        "orchestration_endless",
        `The orchestration has not ended at ${new Date(clock.now()).toISOString()}, and its next timer or event is due after the time limit: raise the limit with \`within\`, or pass an input with which it ends.`,
      );
    await clock.advance(Math.max(nextDueTime - clock.now(), 0), whenIdle);
  }
}

function toRunResult(hub: TaskHub, instanceId: string): OrchestrationRunResult {
  const { runtimeStatus, output, customStatus } = toInstanceView(
    findInstance(hub, instanceId),
    { showInput: false },
  );
  return {
    runtimeStatus: runtimeStatus as OrchestrationRunResult["runtimeStatus"],
    output,
    customStatus,
    history: hub.getRecordedHistory(instanceId) ?? [],
  };
}

function findInstance(hub: TaskHub, instanceId: string): Instance {
  const instance = hub.getInstance(instanceId);
  if (instance) return instance;
  throw new Error(`The instance '${instanceId}' is not in the hub.`);
}
