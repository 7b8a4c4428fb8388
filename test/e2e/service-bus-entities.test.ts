import { parseEntities } from "../../local-cloud/service-bus/namespace/entity-file";
import { readAosEntities } from "../support/messaging/test-broker";

test("service-bus.json defines the queues and the topic of the messaging API", () => {
  const { queues, topics } = parseEntities(readAosEntities());
  const request = {
    RequiresDuplicateDetection: true,
    DuplicateDetectionHistoryTimeWindow: 600_000,
    MaxDeliveryCount: 5,
    LockDuration: 300_000,
    DeadLetteringOnMessageExpiration: true,
  };
  expect(queues).toMatchObject([
    { Name: "agent-requests", Properties: request },
    {
      Name: "agent-session-requests",
      Properties: { ...request, RequiresSession: true },
    },
    {
      Name: "agent-responses",
      Properties: { RequiresDuplicateDetection: true },
    },
    { Name: "agent-requests-deadletter" },
  ]);
  expect(topics).toMatchObject([
    { Name: "agent-events", Subscriptions: [{ Name: "all" }] },
  ]);
});
