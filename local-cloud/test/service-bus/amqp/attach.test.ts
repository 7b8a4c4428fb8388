import { once } from "node:events";
import { types } from "rhea";
import {
  AmqpClient,
  receiveRaw,
  whenRefused,
} from "../../support/service-bus/amqp-client";
import {
  TestBus,
  describeLocalBroker,
  receiveOne,
} from "../../support/service-bus/bus";
import { eventually } from "../../support/shared/eventually";

/** All combinations of `snd-settle-mode` (unsettled, settled, mixed) and `rcv-settle-mode` (first, second). */
const settleModes = [0, 1, 2].flatMap((snd_settle_mode) =>
  [0, 1].map((rcv_settle_mode) => ({ snd_settle_mode, rcv_settle_mode })),
) as { snd_settle_mode: 0 | 1 | 2; rcv_settle_mode: 0 | 1 }[];

/** A source or target that is null on the wire. */
const none = { value: null };

describeLocalBroker("the response to an attach", () => {
  const bus = new TestBus();

  test.each(settleModes)(
    "echoes the settle modes of a sender, whose message is stored: $snd_settle_mode, $rcv_settle_mode",
    async (modes) => {
      await using client = await AmqpClient.connect(bus.connectionString);
      const sender = client.connection.open_sender({
        target: "plain",
        ...modes,
      });
      await once(sender, "sendable");
      expect(sender).toMatchObject(modes);
      sender.send({ body: "sent" });
      if (modes.snd_settle_mode !== 1) await once(sender, "settled");
      const { receiver } = bus.queue("plain");
      await receiver.completeMessage(await receiveOne(receiver));
    },
  );

  test.each(settleModes)(
    "echoes the settle modes of a receiver, which removes a message: $snd_settle_mode, $rcv_settle_mode",
    async (modes) => {
      await bus.queue("plain").sender.sendMessages({ body: "sent" });
      await using client = await AmqpClient.connect(bus.connectionString);
      const receiver = client.connection.open_receiver({
        ...{ source: "plain", autoaccept: false, ...modes },
      });
      const { delivery } = await receiveRaw(receiver);
      expect(receiver).toMatchObject(modes);
      delivery.accept();
      await eventually(() => {
        expect(bus.broker.openCounts().locks).toBe(0);
      });
      expect(await bus.queue("plain").receiver.peekMessages(1)).toEqual([]);
    },
  );

  test("has no source or no target when the broker refuses the link", async () => {
    await using client = await AmqpClient.connect(bus.connectionString);
    const { connection } = client;
    const receiver = connection.open_receiver({ source: "missing" });
    expect(await whenRefused(receiver)).toMatchObject({
      condition: "amqp:not-found",
    });
    expect(receiver.source).toMatchObject(none);
    const sender = connection.open_sender({ target: "missing" });
    expect(await whenRefused(sender)).toMatchObject({
      condition: "amqp:not-found",
    });
    expect(sender.target).toMatchObject(none);
  });

  test("has no source when no session becomes available in time", async () => {
    await using client = await AmqpClient.connect(bus.connectionString);
    const receiver = client.connection.open_receiver(nextSession());
    await eventually(() => {
      expect(bus.broker.openCounts().waiting).toBe(1);
    });
    const refused = whenRefused(receiver);
    await bus.advanceTime(61_000);
    expect(await refused).toMatchObject({ condition: "com.microsoft:timeout" });
    expect(receiver.source).toMatchObject(none);
  });

  test("refuses a transaction coordinator with amqp:not-implemented", async () => {
    await using client = await AmqpClient.connect(bus.connectionString);
    const link = client.connection.open_sender({ target: "replaced" });
    (
      link as unknown as { local: { attach: { target: unknown } } }
    ).local.attach.target = types.described(
      types.wrap_ulong(0x30),
      types.wrap_list([]),
    );
    expect(await whenRefused(link)).toMatchObject({
      condition: "amqp:not-implemented",
      description: expect.stringMatching(/transactions/) as string,
    });
    expect(link.target).toMatchObject(none);
  });
});

describeLocalBroker(
  "frames that a client sends before it has received the response to its attach",
  () => {
    const bus = new TestBus();

    test("credit: messages are delivered after the response", async () => {
      await bus.queue("plain").sender.sendMessages({ body: 1 });
      await using client = await AmqpClient.connect(bus.connectionString);
      const receiver = client.connection.open_receiver(prefetching("plain"));
      receiver.add_credit(10);
      // rhea closes the connection when a transfer precedes the attach response.
      const { delivery } = await receiveRaw(receiver);
      delivery.accept();
      await eventually(() => {
        expect(bus.broker.openCounts().locks).toBe(0);
      });
    });

    test("begin, attach and credit together", async () => {
      await bus.queue("plain").sender.sendMessages({ body: 1 });
      await using client = await AmqpClient.connect(bus.connectionString);
      const session = client.connection.create_session();
      session.begin();
      const receiver = session.open_receiver(prefetching("plain"));
      receiver.add_credit(1);
      const { delivery } = await receiveRaw(receiver);
      delivery.accept();
      await eventually(() => {
        expect(bus.broker.openCounts().locks).toBe(0);
      });
    });

    test("credit and a drain for the next session: the drain is answered after the messages", async () => {
      await using client = await AmqpClient.connect(bus.connectionString);
      const receiver = client.connection.open_receiver(nextSession());
      receiver.add_credit(10);
      receiver.drain_credit();
      await eventually(() => {
        expect(bus.broker.openCounts().waiting).toBe(1);
      });
      const drained = once(receiver, "receiver_drained");
      const received = receiveRaw(receiver);
      await bus
        .queue("sessions")
        .sender.sendMessages({ body: 1, sessionId: "a" });
      (await received).delivery.accept();
      await drained;
    });
  },
);

const prefetching = (source: string) => ({
  source,
  ...{ credit_window: 0, autoaccept: false },
});

const nextSession = () => ({
  source: {
    address: "sessions",
    filter: { "com.microsoft:session-filter": null },
  },
  ...{ credit_window: 0, autoaccept: false },
});
