import type { OrchestrationHandler } from "durable-functions";
import { EventType } from "../durable-task/history-event";
import { TaskHub } from "../durable-task/hub";
import { instanceView } from "../durable-task/http-api/instance-view";
import { hasEnded, type Instance } from "../durable-task/instance";
import type { RecordedEvent } from "../durable-task/recorded-history";
import { readSettings } from "../durable-task/settings";
import { openSqliteStore } from "../durable-task/store/sqlite-store";
import { VirtualClock } from "../scheduling/virtual-clock";
import { type Cast, castOf, type Roles } from "./cast";
import { type Duration, toMs } from "./duration";
import { TestKitError } from "./test-kit-error";

export interface ExternalEvent {
  readonly name: string;
  readonly data?: unknown;
  /** When it comes, counted from the start. Default: at once. */
  readonly after?: Duration;
}

export interface RunOptions extends Roles {
  readonly input?: unknown;
  /** Raised in this order where they come at the same time. */
  readonly events?: readonly ExternalEvent[];
  /** The time at which the orchestration starts. Default: now. */
  readonly now?: Date;
  /** The longest that it may take, in its own time. Default: 10 years. */
  readonly within?: Duration;
}

export interface OrchestrationEnd {
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
  }: RunOptions = {},
): Promise<OrchestrationEnd> {
  const clock = new VirtualClock(now.getTime());
  const cast = castOf(orchestrator, roles);
  const hub = hubInMemory(cast, clock);
  try {
    const instanceId = await start(hub, cast, input);
    for (const { name, data = null, after = 0 } of events)
      clock.at(now.getTime() + toMs(after), () => {
        void hub.send(instanceId, {
          EventType: EventType.EventRaised,
          Name: name,
          Input: JSON.stringify(data),
        });
      });
    await play(hub, clock, instanceId, now.getTime() + toMs(within));
    return endOf(hub, instanceId);
  } finally {
    await hub.stop(0);
  }
}

const hubInMemory = (
  { functions, invoke }: Cast,
  clock: VirtualClock,
): TaskHub =>
  new TaskHub({
    store: openSqliteStore(":memory:"),
    settings: readSettings({}),
    functions,
    invoke,
    clock,
    // What goes wrong in a function reaches the orchestration; memory has no disk that could be full.
    problem: () => undefined,
    fail: () => undefined,
  });

async function start(
  hub: TaskHub,
  { lead }: Cast,
  input: unknown,
): Promise<string> {
  const instanceId = "tested";
  await hub.start({
    name: lead,
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
  while (!hasEnded(found(hub, instanceId))) {
    const { next } = clock;
    if (next === undefined)
      throw new TestKitError(
        "orchestration_waits",
        "The orchestration waits, and nothing is left that could wake it: no timer is set and no event is on its way. Give the event that it waits for in `events`.",
      );
    if (next > deadline)
      throw new TestKitError(
        "orchestration_endless",
        `The orchestration has not ended at ${new Date(clock.now()).toISOString()}, and what it waits for next is due after the time that it may take. Give it longer with \`within\`, or an input that makes it end.`,
      );
    await clock.advance(Math.max(next - clock.now(), 0), atRest);
  }
}

function endOf(hub: TaskHub, instanceId: string): OrchestrationEnd {
  const { runtimeStatus, output, customStatus } = instanceView(
    found(hub, instanceId),
    { showInput: false },
  );
  return {
    runtimeStatus: runtimeStatus as OrchestrationEnd["runtimeStatus"],
    output,
    customStatus,
    history: hub.recordedHistory(instanceId) ?? [],
  };
}

function found(hub: TaskHub, instanceId: string): Instance {
  const instance = hub.find(instanceId);
  if (instance) return instance;
  throw new Error(`The instance '${instanceId}' is not in the hub.`);
}
