import { randomUUID } from "node:crypto";
import { ServiceBusClient, type ServiceBusReceiver } from "@azure/service-bus";
import type { WorkflowInput } from "../../../src/domain/contracts";
import { createEvent } from "../../../src/domain/history/create-event";
import type { Messaging } from "../../../src/messaging/ports";
import { openServiceBus } from "../../../src/messaging/service-bus/service-bus-messaging";
import {
  createEndSweepMemory,
  sweepEnded,
} from "../../../src/orchestrations/end/sweep-ended";
import type { Storage } from "../../../src/storage/ports";
import { peekAllMessages } from "../messaging/queue-contents";
import { startTestBroker, type TestBroker } from "../messaging/test-broker";
import { createEventLog } from "../telemetry/event-log";
import { fakeTaskHub } from "./fake-task-hub";
import { newWorkflowClaim } from "./workflow-claim";

export const platformMessage = "Did not find any initialized language workers";

/** A broker for the tests of the calling file. */
export function useBroker(): () => Broker {
  let broker: TestBroker;
  let messaging: Messaging;
  let client: ServiceBusClient;
  beforeAll(async () => {
    broker = await startTestBroker();
    messaging = openServiceBus(broker);
    client = new ServiceBusClient(broker.connectionString);
  });
  afterAll(async () => {
    await messaging.close();
    await client.close();
    await broker.stop();
  });
  const read = async (receiver: ServiceBusReceiver, prefix: string) => {
    const messages = await peekAllMessages(receiver);
    await receiver.close();
    return messages.filter(({ correlationId }) =>
      String(correlationId).startsWith(prefix),
    );
  };
  return () => ({
    messaging,
    readResponses: (prefix) =>
      read(client.createReceiver("agent-responses"), prefix),
    readLifecycleEvents: (prefix) =>
      read(client.createReceiver("agent-events", "all"), prefix),
  });
}
type Messages = ReturnType<typeof peekAllMessages>;
interface Broker {
  readonly messaging: Messaging;
  /** The messages of the orchestrations whose id starts with `prefix`. */
  readonly readResponses: (prefix: string) => Messages;
  readonly readLifecycleEvents: (prefix: string) => Messages;
}

/** Orchestrations that run on a separate task hub, which can end them. Their ids start with `prefix`. */
export function createRunningOrchestrations(storage: Storage, broker: Broker) {
  const prefix = randomUUID();
  const hub = fakeTaskHub();
  const clock = { ms: Date.parse("2026-01-01T00:10:00Z") };
  const createdAt = new Date(clock.ms - 300_000).toISOString();
  const { log, events } = createEventLog();
  const context = {
    storage,
    messaging: () => broker.messaging,
    hub: hub.client,
    now: () => new Date(clock.ms),
    by: "sweeper",
    log,
  } as const;
  const toId = (name: string | number) => `${prefix}-${name}`;
  return {
    prefix,
    hub,
    clock,
    context,
    loggedEvents: events,
    toId,
    /** Sweeps as a new process, unless the process has a memory. */
    sweep: (memory = createEndSweepMemory(), ports = {}) =>
      sweepEnded(memory, { ...context, ...ports }),
    start: async (
      name: string | number,
      fields: Partial<WorkflowInput> = {},
    ): Promise<string> => {
      const id = toId(name);
      const summary = { createdAt, updatedAt: createdAt } as const;
      const reply = { queue: "agent-responses", correlationId: id };
      await storage.orchestrations.claim(
        newWorkflowClaim(
          id,
          { ...summary, status: "running" },
          { reply, ...fields },
        ),
      );
      await storage.history.append(id, [
        createEvent({ type: "orchestration.started", at: createdAt }),
      ]);
      await hub.startNew("agentWorkflow", { instanceId: id, input: {} });
      return id;
    },
    findClaim: async (id: string) => {
      const claim = await storage.orchestrations.find(id);
      if (claim === undefined) throw new Error(`There is no claim of ${id}.`);
      return claim;
    },
  };
}
