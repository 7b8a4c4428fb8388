/** An in-memory hub in virtual time that loses episodes after their messages were sent. The same seed has the same result. */
import { EventType } from "../../../durable-task/model/history-event";
import type { LostEpisodesOptions } from "../../../durable-task/engine/orchestrations/lost-episodes";
import { parseDurableTaskSettings } from "../../../durable-task/engine/settings";
import { TaskHub } from "../../../durable-task/engine/task-hub";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import { VirtualClock } from "../../../shared/time/virtual-clock";
import { registerStubs, type Stubs } from "../../../testing/stubs";

export interface LossyHubOptions extends Stubs {
  readonly orchestrator: Parameters<typeof registerStubs>[0];
  readonly lostEpisodes: LostEpisodesOptions;
}

export class LossyHub implements AsyncDisposable {
  readonly hub: TaskHub;
  /** Everything that the hub has reported. */
  readonly problems: string[] = [];
  readonly #orchestratorName: string;
  readonly #clock = new VirtualClock(Date.UTC(2026, 0, 1));

  constructor({ orchestrator, lostEpisodes, ...stubs }: LossyHubOptions) {
    const registry = registerStubs(orchestrator, stubs);
    this.#orchestratorName = registry.orchestratorName;
    this.hub = new TaskHub({
      store: openTaskHubStore(":memory:"),
      settings: parseDurableTaskSettings({}),
      functions: registry.functions,
      invoke: registry.invoke,
      clock: this.#clock,
      lostEpisodes,
      reportProblem: (message) => this.problems.push(message),
      onFatalError: ({ message }) => this.problems.push(message),
    });
  }

  async start(instanceId: string, input: unknown = null): Promise<void> {
    await this.hub.start({
      name: this.#orchestratorName,
      instanceId,
      input: JSON.stringify(input),
    });
  }

  async raise(instanceId: string, name: string, data: unknown): Promise<void> {
    await this.hub.send(instanceId, {
      EventType: EventType.EventRaised,
      Name: name,
      Input: JSON.stringify(data),
    });
  }

  /** Advances the time until no timer is left, those of lost episodes included. */
  async runToEnd(): Promise<void> {
    const whenIdle = (): Promise<void> => this.hub.whenIdle();
    await this.#clock.advance(0, whenIdle);
    for (let timers = 0; this.#clock.nextDueTime !== undefined; timers += 1) {
      if (timers > 10_000) throw new Error("The hub does not come to rest.");
      const pause = this.#clock.nextDueTime - this.#clock.now();
      await this.#clock.advance(Math.max(pause, 0), whenIdle);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.stop(0);
  }
}
