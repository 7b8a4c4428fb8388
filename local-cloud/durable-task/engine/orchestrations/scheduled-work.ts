import { Semaphore } from "../../../shared/concurrency/semaphore";
import type { EngineContext } from "../engine-context";
import type { ActivityCall, HubDecision } from "../../replay/decision";
import { EventType, type MessageEvent } from "../../model/history-event";
import type { Instance } from "../../model/instance";
import type {
  MessageDelivery,
  OrchestrationMessage,
} from "../../model/hub-message";
import type { ActiveInstance } from "./active-instance";
import { runActivity } from "./run-activity";

type Deliver = (
  instanceId: string,
  delivery: MessageDelivery<OrchestrationMessage>,
) => void;

/** What instances have set going and wait for: activities that run, and timers. What comes of it is delivered to them. */
export class ScheduledWork {
  readonly #engine: EngineContext;
  readonly #deliver: Deliver;
  readonly #activities: Semaphore;
  #isStopping = false;

  constructor(engine: EngineContext, deliver: Deliver) {
    this.#engine = engine;
    this.#deliver = deliver;
    this.#activities = new Semaphore(
      engine.settings.maxConcurrentActivityFunctions,
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
      const event = await runActivity(this.#engine, instanceId, call);
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
    this.#engine.timers.set(key, fireAt, () => {
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
    this.#engine.timers.cancel(key);
  }

  /** Begins nothing that waits for its turn. */
  stop(): void {
    this.#isStopping = true;
  }
}

const timerKey = (
  { instanceId, executionId }: Instance,
  timerId: number,
): string => `${instanceId} ${executionId} ${timerId}`;
