import { eventually } from "../support/shared/eventually";
import {
  TestBus,
  messageBodies,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

describe("a session", () => {
  const bus = new TestBus();

  test("delivers its messages in order to the receiver that holds it", async () => {
    const { sender } = bus.queue("sessions");
    await sender.sendMessages(
      [1, 2, 3, 4].flatMap((body) => [
        { body, sessionId: "a" },
        { body: -body, sessionId: "b" },
      ]),
    );
    const a = await bus.client.acceptSession("sessions", "a");
    const b = await bus.client.acceptSession("sessions", "b");
    expect(a.sessionId).toBe("a");
    const [fromA, fromB] = [
      await receiveExactly(a, 4),
      await receiveExactly(b, 4),
    ];
    expect(messageBodies(fromA)).toEqual([1, 2, 3, 4]);
    expect(messageBodies(fromB)).toEqual([-1, -2, -3, -4]);
    for (const message of fromA) await a.completeMessage(message);
    for (const message of fromB) await b.completeMessage(message);
  });

  test("keeps its state after the receiver closes", async () => {
    bus.queue("sessions");
    const first = await bus.client.acceptSession("sessions", "state");
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ turn: 1 });
    await first.close();
    const second = await bus.client.acceptSession("sessions", "state");
    expect(await second.getSessionState()).toEqual({ turn: 1 });
    await second.setSessionState(null);
    expect(await second.getSessionState()).toBeNull();
  });

  test("refuses a second receiver with SessionCannotBeLocked until the first closes", async () => {
    bus.queue("sessions");
    const first = await bus.client.acceptSession("sessions", "one");
    const again = () => bus.newClient().acceptSession("sessions", "one");
    await expect(again()).rejects.toMatchObject({
      code: "SessionCannotBeLocked",
    });
    await first.close();
    await again();
  });

  test("stays locked when its lock is renewed", async () => {
    const { sender } = bus.queue("sessions");
    await sender.sendMessages({ body: 1, sessionId: "kept" });
    const session = await bus.client.acceptSession("sessions", "kept");
    const message = await receiveOne(session);
    await bus.advanceTime(4000);
    const until = await session.renewSessionLock();
    expect(until.getTime()).toBeGreaterThan(Date.now() + 4000);
    await bus.advanceTime(4000);
    await session.completeMessage(message);
    expect(await session.peekMessages(1)).toEqual([]);
  });

  test("fails operations with SessionLockLost after its lock expires", async () => {
    const { sender } = bus.queue("sessions");
    await sender.sendMessages({ body: 1, sessionId: "lost" });
    const session = await bus.client.acceptSession("sessions", "lost", {
      maxAutoLockRenewalDurationInMs: 0,
    });
    const message = await receiveOne(session);
    await bus.advanceTime(5500);
    await eventually(() => {
      expect(session.isClosed).toBe(true);
    });
    for (const attempt of [
      () => session.completeMessage(message),
      () => session.renewSessionLock(),
      () => session.setSessionState({ a: 1 }),
    ])
      await expect(attempt()).rejects.toMatchObject({
        code: "SessionLockLost",
      });
    const next = await bus.client.acceptSession("sessions", "lost");
    await next.completeMessage(await receiveOne(next));
  });

  test("delivers its deferred messages by sequence number", async () => {
    const { sender } = bus.queue("sessions");
    await sender.sendMessages({ body: 1, sessionId: "defers" });
    const session = await bus.client.acceptSession("sessions", "defers");
    const message = await receiveOne(session);
    const { sequenceNumber } = message;
    await session.deferMessage(message);
    if (sequenceNumber === undefined)
      throw new Error("The message has no sequence number.");
    const [deferred] = await session.receiveDeferredMessages([sequenceNumber]);
    if (deferred) await session.completeMessage(deferred);
    expect(await session.peekMessages(1)).toEqual([]);
  });

  test("is required for messages of a queue with sessions", async () => {
    const { sender } = bus.queue("sessions");
    await expect(sender.sendMessages({ body: 1 })).rejects.toThrow(
      /requires sessions/,
    );
  });
});
