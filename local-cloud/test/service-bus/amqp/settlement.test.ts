import { type Delivery, types } from "rhea";
import {
  AmqpClient,
  readPropertyTypes,
  receiveRaw,
} from "../../support/service-bus/amqp-client";
import {
  TestBus,
  describeLocalBroker,
  receiveOne,
} from "../../support/service-bus/bus";

describeLocalBroker("a delivery that a client settles", () => {
  const bus = new TestBus();

  test.each<readonly [string, (delivery: Delivery) => void]>([
    [
      "as released",
      (delivery) => {
        delivery.release();
      },
    ],
    [
      "without an outcome",
      (delivery) => {
        delivery.update(true);
      },
    ],
  ])(
    "%s is redelivered, and the delivery does not count",
    async (_name, settle) => {
      const { sender, receiver } = bus.queue("plain");
      await sender.sendMessages({ body: 1 });
      await using client = await AmqpClient.connect(bus.connectionString);
      const link = client.connection.open_receiver({
        source: "plain",
        credit_window: 0,
        autoaccept: false,
      });
      link.add_credit(1);
      settle((await receiveRaw(link)).delivery);
      const again = await receiveOne(receiver);
      expect(again).toMatchObject({ body: 1, deliveryCount: 0 });
      await receiver.completeMessage(again);
    },
  );

  test("as released in a session is redelivered, and the delivery does not count", async () => {
    await bus
      .queue("sessions")
      .sender.sendMessages({ body: 1, sessionId: "a" });
    await using client = await AmqpClient.connect(bus.connectionString);
    const link = client.connection.open_receiver({
      source: {
        address: "sessions",
        filter: { "com.microsoft:session-filter": "a" },
      },
      autoaccept: false,
    });
    const first = await receiveRaw(link);
    first.delivery.release();
    const second = await receiveRaw(link);
    expect(second.message).toMatchObject({ delivery_count: 0 });
    second.delivery.accept();
  });

  test("as modified gets properties with the AMQP types that the client sent", async () => {
    await bus.queue("plain").sender.sendMessages({ body: 1 });
    await using client = await AmqpClient.connect(bus.connectionString);
    const link = client.connection.open_receiver({
      source: "plain",
      autoaccept: false,
    });
    const first = await receiveRaw(link);
    first.delivery.modified({
      undeliverable_here: false,
      message_annotations: {
        int: types.wrap_int(500),
        long: types.wrap_long(600),
        short: types.wrap_short(-3),
        double: types.wrap_double(2),
      },
    });
    const second = await receiveRaw(link);
    expect(second.message).toMatchObject({
      ...{ delivery_count: 1 },
      application_properties: { int: 500, long: 600, short: -3, double: 2 },
    });
    expect(readPropertyTypes(second.bytes)).toEqual({
      ...{ int: 0x71, long: 0x81, short: 0x61, double: 0x82 },
    });
    second.delivery.accept();
  });
});
