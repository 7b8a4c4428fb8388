import { Semaphore } from "../../../shared/concurrency/semaphore";
import { EventType, type MessageEvent } from "../../model/history-event";
import type {
  MessageDelivery,
  OrchestrationMessage,
} from "../../model/hub-message";
import type { Instance } from "../../model/instance";
import type { ActivityCall, HubDecision } from "../../replay/decision";
import type { EngineContext } from "../engine-context";
import type { ActiveInstance } from "./active-instance";
import { runActivity } from "./run-activity";

type Deliver = (
  instanceId: string,
  delivery: MessageDelivery<OrchestrationMessage>,
) => void;

/** The running activities and pending timers of all instances. Their outcomes are delivered to the instance. */
export class ScheduledWork {
  readonly #context: EngineContext;
  readonly #deliver: Deliver;
  readonly #activities: Semaphore;
  #isStopping = false;

  constructor(context: EngineContext, deliver: Deliver) {
    this.#context = context;
    this.#deliver = deliver;
    this.#activities = new Semaphore(
      context.settings.maxConcurrentActivityFunctions,
    );
  }

  schedule(active: ActiveInstance, { activity, timer }: HubDecision): void {
    if (activity) this.startActivity(active, activity);
    if (timer) this.setTimer(active, timer.timerId, timer.fireAt);
  }

  startActivity(active: ActiveInstance, call: ActivityCall): void {
    const { instanceId, executionId } = active.instance;
    active.runningActivities += 1;
    void this.#activities.run(async () => {
      if (this.#isStopping) return;
      const event = await runActivity(this.#context, instanceId, call);
      active.runningActivities -= 1;
      this.#deliver(instanceId, {
        inboxId: null,
        message: { executionId, event },
      });
    });
  }

  setTimer(active: ActiveInstance, timerId: number, fireAt: number): void {
    const { instanceId, executionId } = active.instance;
    const key = timerKey(active.instance, timerId);
    active.timers.add(key);
    const event: MessageEvent = {
      EventType: EventType.TimerFired,
      TimerId: timerId,
      FireAt: new Date(fireAt).toISOString(),
    };
    this.#context.timers.set(key, fireAt, () => {
      active.timers.delete(key);
      this.#deliver(instanceId, {
        inboxId: null,
        message: { executionId, event },
      });
    });
  }

  cancelTimer(active: ActiveInstance, timerId: number): void {
    this.#cancel(active, timerKey(active.instance, timerId));
  }

  cancelTimers(active: ActiveInstance): void {
    for (const key of active.timers) this.#cancel(active, key);
  }

  #cancel(active: ActiveInstance, key: string): void {
    active.timers.delete(key);
    this.#context.timers.cancel(key);
  }

  /** Starts no more queued activities. */
  stop(): void {
    this.#isStopping = true;
  }
}

const timerKey = (
  { instanceId, executionId }: Instance,
  timerId: number,
): string => `${instanceId} ${executionId} ${timerId}`;
