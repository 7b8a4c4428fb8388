import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create_container } from "rhea";
import { type ServiceBusBroker, startBroker } from "../../service-bus/broker";
import { eventually } from "../support/shared/eventually";
import {
  TestBus,
  describeLocalBroker,
  testBusEntities,
  receiveOne,
} from "../support/service-bus/bus";

/** Everything that a program on the port may say that is not AMQP, or not for long. */
const junk: readonly (readonly [string, Buffer])[] = [
  ["text", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  ["a TLS greeting", Buffer.from("160301020001000001fc0303", "hex")],
  ["AMQP 0-9-1", Buffer.from("AMQP\x00\x00\x09\x01", "binary")],
  ["a header and zeros", Buffer.concat([header(0), Buffer.alloc(64)])],
  ["a header and noise", Buffer.concat([header(0), Buffer.alloc(999, 0xa5)])],
  ["SASL and noise", Buffer.concat([header(3), Buffer.alloc(999, 0x5a)])],
  [
    "a frame of 4 GB",
    Buffer.concat([header(0), Buffer.from("ffffffff02000000", "hex")]),
  ],
  [
    "a frame that is no performative",
    Buffer.concat([header(0), Buffer.from("0000000c0200000000534041", "hex")]),
  ],
  [
    "an attach without a connection",
    Buffer.concat([header(0), Buffer.from("0000000c02000000005312c0", "hex")]),
  ],
];

function header(protocol: number): Buffer {
  return Buffer.from([0x41, 0x4d, 0x51, 0x50, protocol, 1, 0, 0]);
}

const dial = async (port: number): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.resume();
  await once(socket, "connect");
  return socket;
};

const closed = async (socket: Socket): Promise<void> => {
  if (!socket.destroyed) await once(socket, "close");
};

describeLocalBroker("a port that is spoken to in another language", () => {
  const bus = new TestBus();

  test.each(junk)("%s ends that connection only", async (_what, bytes) => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: "before" });
    const socket = await dial(bus.broker.port);
    socket.write(bytes);
    await closed(socket);
    await eventually(() => {
      expect(bus.broker.openCounts().connections).toBe(1);
      return Promise.resolve();
    });
    await receiver.completeMessage(await receiveOne(receiver));
  });

  test("a connection that breaks off in the middle of a message leaves nothing of it", async () => {
    const { receiver } = bus.queue("plain");
    const socket = await dial(bus.broker.port);
    socket.write(header(0));
    await once(socket, "data");
    socket.destroy();
    await eventually(() => {
      expect(bus.broker.openCounts().connections).toBe(0);
      return Promise.resolve();
    });
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});

describeLocalBroker("a client that vanishes", () => {
  const bus = new TestBus();

  test("loses its links at once and its locks when they expire", async () => {
    const { sender, receiver } = bus.queue("short-lock");
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    await receiveOne(receiver);
    bus.broker.dropConnections();
    await eventually(() => {
      expect(bus.broker.openCounts()).toEqual({
        ...{ connections: 0, links: 0, receivers: 0, waiting: 0 },
        locks: 1,
      });
      return Promise.resolve();
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

  test("gives its session free at once", async () => {
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

describeLocalBroker("a connection on which nothing is heard", () => {
  const folder = mkdtempSync(join(tmpdir(), "service-bus-"));
  let broker: ServiceBusBroker;
  beforeAll(async () => {
    broker = await startBroker({
      ...{
        entities: testBusEntities,
        port: 0,
        dataFolder: folder,
        log: () => undefined,
      },
      ...{ idleTimeoutMs: 150, handshakeTimeoutMs: 300 },
    });
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  test("is closed when it never becomes an AMQP connection", async () => {
    const silent = await dial(broker.port);
    const stuck = await dial(broker.port);
    stuck.write(header(0));
    await Promise.all([closed(silent), closed(stuck)]);
    await eventually(() => {
      expect(broker.openCounts().connections).toBe(0);
      return Promise.resolve();
    });
  });

  test("is closed when it goes silent after it has been opened", async () => {
    const connection = create_container().connect({
      ...{ port: broker.port, host: "127.0.0.1", reconnect: false },
      username: "half-open",
    });
    await once(connection, "connection_open");
    expect(broker.openCounts().connections).toBe(1);
    // No heartbeats any more, and no answers: as if the network had gone.
    const { socket } = connection as unknown as { socket: Socket };
    socket.pause();
    const silenced = connection as unknown as { output: () => void };
    silenced.output = () => undefined;
    await eventually(() => {
      expect(broker.openCounts().connections).toBe(0);
      return Promise.resolve();
    });
    socket.destroy();
  });
});
