import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { create_container } from "rhea";
import { type ServiceBusBroker, startBroker } from "../../service-bus/broker";
import { eventually } from "../support/shared/eventually";
import { createTemporaryFolder } from "../support/shared/temporary-folder";
import {
  TestBus,
  describeLocalBroker,
  testBusEntities,
  receiveOne,
} from "../support/service-bus/bus";

/** Bytes that do not start a valid AMQP 1.0 connection. */
const invalidBytes: readonly (readonly [string, Buffer])[] = [
  ["text", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  ["a TLS ClientHello", Buffer.from("160301020001000001fc0303", "hex")],
  ["AMQP 0-9-1", Buffer.from("AMQP\x00\x00\x09\x01", "binary")],
  ["a header and zeros", Buffer.concat([header(0), Buffer.alloc(64)])],
  [
    "a header and random bytes",
    Buffer.concat([header(0), Buffer.alloc(999, 0xa5)]),
  ],
  [
    "a SASL header and random bytes",
    Buffer.concat([header(3), Buffer.alloc(999, 0x5a)]),
  ],
  [
    "a frame of 4 GB",
    Buffer.concat([header(0), Buffer.from("ffffffff02000000", "hex")]),
  ],
  [
    "a frame with an unknown performative",
    Buffer.concat([header(0), Buffer.from("0000000c0200000000534041", "hex")]),
  ],
  [
    "an attach before an open",
    Buffer.concat([header(0), Buffer.from("0000000c02000000005312c0", "hex")]),
  ],
];

function header(protocol: number): Buffer {
  return Buffer.from([0x41, 0x4d, 0x51, 0x50, protocol, 1, 0, 0]);
}

const openSocket = async (port: number): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.resume();
  await once(socket, "connect");
  return socket;
};

const whenClosed = async (socket: Socket): Promise<void> => {
  if (!socket.destroyed) await once(socket, "close");
};

describeLocalBroker("a connection with invalid bytes", () => {
  const bus = new TestBus();

  test.each(invalidBytes)(
    "%s closes that connection only",
    async (_name, bytes) => {
      const { sender, receiver } = bus.queue("plain");
      await sender.sendMessages({ body: "before" });
      const socket = await openSocket(bus.broker.port);
      socket.write(bytes);
      await whenClosed(socket);
      await eventually(() => {
        expect(bus.broker.openCounts().connections).toBe(1);
      });
      await receiver.completeMessage(await receiveOne(receiver));
    },
  );

  test("a connection that breaks after the AMQP header leaves no connection and no message", async () => {
    const { receiver } = bus.queue("plain");
    const socket = await openSocket(bus.broker.port);
    socket.write(header(0));
    await once(socket, "data");
    socket.destroy();
    await eventually(() => {
      expect(bus.broker.openCounts().connections).toBe(0);
    });
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});

describeLocalBroker("a client whose connection breaks", () => {
  const bus = new TestBus();

  test("loses its links immediately and its locks when they expire", async () => {
    const { sender, receiver } = bus.queue("short-lock");
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    await receiveOne(receiver);
    bus.broker.dropConnections();
    await eventually(() => {
      expect(bus.broker.openCounts()).toEqual({
        ...{ connections: 0, links: 0, receivers: 0, waiting: 0 },
        locks: 1,
      });
    });
    const other = bus.newClient().createReceiver("short-lock");
    const second = await receiveOne(other);
    expect(second.body).toBe(2);
    await other.completeMessage(second);
    await bus.advanceTime(5500);
    const first = await receiveOne(other);
    expect(first).toMatchObject({ body: 1, deliveryCount: 1 });
    await other.completeMessage(first);
  });

  test("releases its session immediately", async () => {
    const { sender } = bus.queue("sessions");
    await sender.sendMessages({ body: 1, sessionId: "a" });
    const session = await bus.client.acceptSession("sessions", "a");
    await receiveOne(session);
    bus.broker.dropConnections();
    const again = await eventually(() =>
      bus.newClient().acceptSession("sessions", "a"),
    );
    const message = await receiveOne(again);
    expect(message.deliveryCount).toBe(0);
    await again.completeMessage(message);
  });
});

describeLocalBroker("an idle connection", () => {
  let broker: ServiceBusBroker;
  beforeAll(async () => {
    broker = await startBroker({
      entities: testBusEntities,
      port: 0,
      dataFolder,
      log: () => undefined,
      idleTimeoutMs: 150,
      handshakeTimeoutMs: 300,
    });
  });
  afterAll(async () => {
    await broker.stop();
  });
  // Jest runs the hooks in the order of their registration: the broker stops before its folder is removed.
  const dataFolder = createTemporaryFolder();

  test("is closed when the client does not complete the AMQP handshake", async () => {
    const silent = await openSocket(broker.port);
    const headerOnly = await openSocket(broker.port);
    headerOnly.write(header(0));
    await Promise.all([whenClosed(silent), whenClosed(headerOnly)]);
    await eventually(() => {
      expect(broker.openCounts().connections).toBe(0);
    });
  });

  test("is closed when the client sends no frames after the handshake", async () => {
    const connection = create_container().connect({
      ...{ port: broker.port, host: "127.0.0.1", reconnect: false },
      username: "half-open",
    });
    await once(connection, "connection_open");
    expect(broker.openCounts().connections).toBe(1);
    // Stops heartbeats and responses, as a network failure does.
    const { socket } = connection as unknown as { socket: Socket };
    socket.pause();
    const writer = connection as unknown as { output: () => void };
    writer.output = () => undefined;
    await eventually(() => {
      expect(broker.openCounts().connections).toBe(0);
    });
    socket.destroy();
  });
});
