import { ServiceBusClient } from "@azure/service-bus";
import { eventually } from "../support/shared/eventually";
import {
  TestBus,
  describeLocalBroker,
  receiveOne,
} from "../support/service-bus/bus";

describe("accepting the next session", () => {
  const bus = new TestBus();

  test("gives the one that has waited the longest, and then the next", async () => {
    const { sender } = bus.queue("sessions");
    for (const sessionId of ["first", "second"])
      await sender.sendMessages({ body: sessionId, sessionId });
    for (const id of ["first", "second"]) {
      const session = await bus.client.acceptNextSession("sessions");
      expect(session.sessionId).toBe(id);
      await session.completeMessage(await receiveOne(session));
    }
  });

  test("waits until there is one", async () => {
    const { sender } = bus.queue("sessions");
    const accepted = bus.client.acceptNextSession("sessions");
    await sender.sendMessages({ body: 1, sessionId: "late" });
    const session = await accepted;
    expect(session.sessionId).toBe("late");
    await session.completeMessage(await receiveOne(session));
  });

  test("gives two that wait a session each", async () => {
    const { sender } = bus.queue("sessions");
    const both = [1, 2].map(() =>
      bus.newClient().acceptNextSession("sessions"),
    );
    await sender.sendMessages([
      { body: 1, sessionId: "a" },
      { body: 2, sessionId: "a" },
      { body: 3, sessionId: "b" },
    ]);
    const sessions = await Promise.all(both);
    expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual([
      "a",
      "b",
    ]);
  });
});

describeLocalBroker("accepting the next session where there is none", () => {
  const bus = new TestBus();

  test("ends with ServiceTimeout when the client's patience is over, and nothing waits any more", async () => {
    const client = new ServiceBusClient(bus.connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 1000 },
    });
    await expect(client.acceptNextSession("sessions")).rejects.toMatchObject({
      code: "ServiceTimeout",
    });
    expect(bus.broker.openCounts()).toMatchObject({ waiting: 0, receivers: 0 });
    await client.close();
  });

  test("a client that goes while it waits takes no session with it", async () => {
    const { sender } = bus.queue("sessions");
    const waiting = bus
      .newClient()
      .acceptNextSession("sessions")
      .catch((error: unknown) => error);
    await eventually(() => {
      expect(bus.broker.openCounts().waiting).toBe(1);
      return Promise.resolve();
    });
    bus.broker.dropConnections();
    await eventually(() => {
      expect(bus.broker.openCounts().waiting).toBe(0);
      return Promise.resolve();
    });
    await sender.sendMessages({ body: 1, sessionId: "a" });
    const session = await bus.client.acceptNextSession("sessions");
    await session.completeMessage(await receiveOne(session));
    expect(await waiting).toBeInstanceOf(Error);
  });
});
