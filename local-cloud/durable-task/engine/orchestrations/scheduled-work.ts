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

const maxPauseMs = 100;

/** The running activities and pending timers of all instances. Their outcomes are delivered to the instance. */
export class ScheduledWork {
  readonly #context: EngineContext;
  readonly #deliver: Deliver;
  readonly #activities: Semaphore;
  #isStopping = false;
  #lostTimers = 0;

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

  /** For a decision of a lost episode: its timer neither replaces another with the same id nor is cancelled with it. */
  scheduleLost(active: ActiveInstance, { activity, timer }: HubDecision): void {
    if (activity) this.startActivity(active, activity);
    if (timer === undefined) return;
    const key = `${timerKey(active.instance, timer.timerId)} lost ${(this.#lostTimers += 1)}`;
    this.setTimer(active, timer.timerId, timer.fireAt, key);
  }

  /** Ends the wait of a lost episode for further messages, which may never arrive. */
  endPause(active: ActiveInstance, resume: () => void): void {
    const key = `${active.instance.instanceId} pause`;
    this.#context.timers.set(key, this.#context.now() + maxPauseMs, () => {
      active.minQueueLength = 1;
      resume();
    });
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

  setTimer(
    active: ActiveInstance,
    timerId: number,
    fireAt: number,
    key = timerKey(active.instance, timerId),
  ): void {
    const { instanceId, executionId } = active.instance;
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
