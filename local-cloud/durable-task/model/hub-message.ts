import { EventType, type MessageEvent } from "./history-event";
import type { Instance } from "./instance";

/** Who waits for an answer. */
interface Caller {
  readonly instanceId: string;
  readonly executionId: string;
}

/** An operation of an entity; `caller` is set when somebody waits for the answer. */
export interface EntityRequest {
  /** Names the answering event in the caller's history. */
  readonly id: string;
  readonly operation: string;
  /** JSON text. */
  readonly input: string | null;
  readonly caller: Caller | null;
}

/** Asks entities, one after the other in the order of `lockSet`, to serve nobody but the caller. The last one answers. */
export interface LockRequest {
  readonly id: string;
  readonly caller: Caller;
  readonly lockSet: readonly string[];
  /** Which of `lockSet` is asked. */
  readonly position: number;
}

/** Ends the critical section of an instance, as far as the receiving entity is part of it. */
export interface LockRelease {
  readonly releasedBy: string;
}
export type EntityMessage = EntityRequest | LockRequest | LockRelease;

export interface OrchestrationMessage {
  /** The execution that it is meant for; null when any execution may have it (events raised by clients). */
  readonly executionId: string | null;
  readonly event: MessageEvent;
}

/** Messages travel through the inbox by the id of the receiver; an entity's id starts with `@`. */
export type HubMessage = OrchestrationMessage | EntityMessage;

export interface OutgoingHubMessage {
  readonly to: string;
  readonly message: HubMessage;
}

/** A message on its receiver's queue. `inboxId` is null while it is only in memory: it can be had again after a crash. */
export interface MessageDelivery<M extends HubMessage = HubMessage> {
  readonly inboxId: number | null;
  readonly message: M;
}

export const isEntityId = (instanceId: string): boolean =>
  instanceId.startsWith("@");

export const isOrchestrationMessage = (
  message: HubMessage,
): message is OrchestrationMessage => "event" in message;

/** The message that sets a new execution going. */
export const createStartMessage = (
  instance: Instance,
): OrchestrationMessage => ({
  executionId: instance.executionId,
  event: {
    EventType: EventType.ExecutionStarted,
    OrchestrationInstance: {
      InstanceId: instance.instanceId,
      ExecutionId: instance.executionId,
    },
    ParentInstance: instance.parent && {
      Name: instance.parent.name,
      OrchestrationInstance: {
        InstanceId: instance.parent.instanceId,
        ExecutionId: instance.parent.executionId,
      },
      TaskScheduleId: instance.parent.taskScheduledId,
    },
    Name: instance.name,
    Version: instance.version,
    Input: null,
  },
});
