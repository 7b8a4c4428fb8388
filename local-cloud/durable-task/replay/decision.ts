import type { DecisionEvent } from "../model/history-event";
import type { OutgoingHubMessage } from "../model/hub-message";
import type { NewInstance } from "../model/instance";
import type { ReplayLimits } from "./limits";

/** Names of the app's functions by kind, compared case-insensitively. */
export interface KnownFunctions {
  readonly orchestrator: readonly string[];
  readonly activity: readonly string[];
  readonly entity: readonly string[];
}

/** The inputs of an episode in addition to its history. With them, an episode is a pure function. */
export interface EpisodeContext {
  readonly newId: () => string;
  readonly functions: KnownFunctions;
  readonly defaultVersion: string;
  readonly limits: ReplayLimits;
  readonly maxActions: number;
  readonly maxPayloadBytes: number;
}

export interface ActivityCall {
  readonly taskId: number;
  readonly name: string;
  /** JSON text. */
  readonly input: string | null;
}
interface TimerSetting {
  readonly timerId: number;
  /** Milliseconds since the epoch. */
  readonly fireAt: number;
}

/** A decision event and its effect, which happens after the event is durable. At most one effect is set. */
export interface HubDecision {
  readonly event: DecisionEvent;
  readonly activity?: ActivityCall;
  readonly child?: NewInstance;
  readonly timer?: TimerSetting;
  readonly outgoing?: OutgoingHubMessage;
}
