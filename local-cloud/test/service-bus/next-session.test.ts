import { ServiceBusClient } from "@azure/service-bus";
import { eventually } from "../support/shared/eventually";
import {
  TestBus,
  describeLocalBroker,
  receiveOne,
} from "../support/service-bus/bus";

describe("acceptNextSession", () => {
  const bus = new TestBus();

  test("returns sessions in the order of their oldest messages", async () => {
    const { sender } = bus.queue("sessions");
    for (const sessionId of ["first", "second"])
      await sender.sendMessages({ body: sessionId, sessionId });
    for (const id of ["first", "second"]) {
      const session = await bus.client.acceptNextSession("sessions");
      expect(session.sessionId).toBe(id);
      await session.completeMessage(await receiveOne(session));
    }
  });

  test("waits until a message with a session id arrives", async () => {
    const { sender } = bus.queue("sessions");
    const accepted = bus.client.acceptNextSession("sessions");
    await sender.sendMessages({ body: 1, sessionId: "late" });
    const session = await accepted;
    expect(session.sessionId).toBe("late");
    await session.completeMessage(await receiveOne(session));
  });

  test("assigns a different session to each of two waiting clients", async () => {
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

describeLocalBroker("acceptNextSession without available sessions", () => {
  const bus = new TestBus();

  test("fails with ServiceTimeout after the client's time limit and leaves no waiting link", async () => {
    const client = new ServiceBusClient(bus.connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 1000 },
    });
    await expect(client.acceptNextSession("sessions")).rejects.toMatchObject({
      code: "ServiceTimeout",
    });
    expect(bus.broker.openCounts()).toMatchObject({ waiting: 0, receivers: 0 });
    await client.close();
  });

  test("locks no session for a client that disconnects while it waits", async () => {
    const { sender } = bus.queue("sessions");
    const waiting = bus
      .newClient()
      .acceptNextSession("sessions")
      .catch((error: unknown) => error);
    await eventually(() => {
      expect(bus.broker.openCounts().waiting).toBe(1);
    });
    bus.broker.dropConnections();
    await eventually(() => {
      expect(bus.broker.openCounts().waiting).toBe(0);
    });
    await sender.sendMessages({ body: 1, sessionId: "a" });
    const session = await bus.client.acceptNextSession("sessions");
    await session.completeMessage(await receiveOne(session));
    expect(await waiting).toBeInstanceOf(Error);
  });
});
