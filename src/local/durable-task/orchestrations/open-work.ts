import { Slots } from "../../scheduling/slots";
import type { Engine } from "../engine";
import type { ActivityCall, Decision } from "../episode/decide";
import { EventType, type MessageEvent } from "../history-event";
import type { Instance } from "../instance";
import type { Delivery, OrchestrationMessage } from "../message";
import type { ActiveInstance } from "./active";
import { runActivity } from "./run-activity";

type Deliver = (
  instanceId: string,
  delivery: Delivery<OrchestrationMessage>,
) => void;

/** What instances have set going and wait for: activities that run, and timers. What comes of it is delivered to them. */
export class OpenWork {
  readonly #engine: Engine;
  readonly #deliver: Deliver;
  readonly #activities: Slots;
  #isStopping = false;

  constructor(engine: Engine, deliver: Deliver) {
    this.#engine = engine;
    this.#deliver = deliver;
    this.#activities = new Slots(
      engine.settings.maxConcurrentActivityFunctions,
    );
  }

  begin(active: ActiveInstance, { activity, timer }: Decision): void {
    if (activity) this.startActivity(active, activity);
    if (timer) this.setTimer(active, timer.timerId, timer.fireAt);
  }

  startActivity(active: ActiveInstance, call: ActivityCall): void {
    const { instanceId, executionId } = active.instance;
    active.openActivities += 1;
    void this.#activities.run(async () => {
      if (this.#isStopping) return;
      const event = await runActivity(this.#engine, instanceId, call);
      active.openActivities -= 1;
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
