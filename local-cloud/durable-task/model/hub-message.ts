import { EventType, type MessageEvent } from "./history-event";
import type { Instance } from "./instance";

interface Caller {
  readonly instanceId: string;
  readonly executionId: string;
}

/** An operation of an entity; `caller` is null for a signal. */
export interface EntityRequest {
  /** The name of the response event in the caller's history. */
  readonly id: string;
  readonly operation: string;
  /** JSON text. */
  readonly input: string | null;
  readonly caller: Caller | null;
}

/** Locks the entities of `lockSet` one after another. The last entity responds to the caller. */
export interface LockRequest {
  readonly id: string;
  readonly caller: Caller;
  readonly lockSet: readonly string[];
  /** Index in `lockSet` of the receiving entity. */
  readonly position: number;
}

/** Releases the lock of an instance on the receiving entity. */
export interface LockRelease {
  readonly releasedBy: string;
}
export type EntityMessage = EntityRequest | LockRequest | LockRelease;

export interface OrchestrationMessage {
  /** The receiving execution; null for messages from clients, which any execution of the instance accepts. */
  readonly executionId: string | null;
  readonly event: MessageEvent;
}

/** Addressed by the id of an instance or of an entity; an entity id starts with `@`. */
export type HubMessage = OrchestrationMessage | EntityMessage;

export interface OutgoingHubMessage {
  readonly to: string;
  readonly message: HubMessage;
}

/** A message in its receiver's queue. `inboxId` is null for a message in memory only, which is recreated after a crash. */
export interface MessageDelivery<M extends HubMessage = HubMessage> {
  readonly inboxId: number | null;
  readonly message: M;
}

export const isEntityId = (instanceId: string): boolean =>
  instanceId.startsWith("@");

export const isOrchestrationMessage = (
  message: HubMessage,
): message is OrchestrationMessage => "event" in message;

/** The message that starts a new execution. */
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
