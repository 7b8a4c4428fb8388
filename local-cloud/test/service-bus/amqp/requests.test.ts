import { message as codec } from "rhea";
import {
  AmqpClient,
  readPropertyTypes,
} from "../../support/service-bus/amqp-client";
import { TestBus, describeLocalBroker } from "../../support/service-bus/bus";

const typeCodes = { smallInt: 0x54, int: 0x71, symbol: 0xa3 };

describeLocalBroker(
  "the response to a request, found by the target address of the client's link",
  () => {
    const bus = new TestBus();

    test("has status code and error condition of $cbs as int and symbol", async () => {
      await using client = await AmqpClient.connect(bus.connectionString);
      const refused = await client.request("$cbs", {
        application_properties: {
          operation: "put-token",
          name: "sb://localhost/",
          type: "jwt",
        },
        body: "token",
      });
      expect(codec.decode(refused)).toMatchObject({
        application_properties: {
          "status-code": 401,
          "error-condition": "amqp:unauthorized-access",
        },
      });
      const { "status-code": status, "error-condition": condition } =
        readPropertyTypes(refused);
      expect([typeCodes.int, typeCodes.smallInt]).toContain(status);
      expect(condition).toBe(typeCodes.symbol);
    });

    test("has the error condition of $management as symbol", async () => {
      await using client = await AmqpClient.connect(bus.connectionString);
      const refused = await client.request("plain/$management", {
        application_properties: { operation: "com.microsoft:unknown" },
        body: {},
      });
      expect(codec.decode(refused)).toMatchObject({
        application_properties: {
          statusCode: 501,
          errorCondition: "amqp:not-implemented",
        },
      });
      expect(readPropertyTypes(refused)["errorCondition"]).toBe(
        typeCodes.symbol,
      );
    });
  },
);
