import { readFileSync } from "node:fs";
import { parseIsoDuration } from "../../../shared/time/iso-duration";
import { parseEntities } from "../../../service-bus/namespace/entity-file";

const file = (namespace: object) => ({
  UserConfig: { Namespaces: [namespace] },
});

function problemsOf(value: unknown): string {
  try {
    parseEntities(value);
    return "";
  } catch (error) {
    expect(error).toMatchObject({ code: "service_bus_entities_invalid" });
    return (error as Error).message;
  }
}

test("the file of AOS has the entities that its API names", () => {
  const { queues, topics } = parseEntities(
    JSON.parse(readFileSync("service-bus.json", "utf8")),
  );
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

test("the file that Microsoft's emulator comes with is read as it is", () => {
  const properties = {
    DeadLetteringOnMessageExpiration: false,
    DefaultMessageTimeToLive: "PT1H",
    LockDuration: "PT1M",
    ForwardDeadLetteredMessagesTo: "",
    ForwardTo: "",
    MaxDeliveryCount: 3,
    RequiresSession: false,
  };
  const detection = {
    DuplicateDetectionHistoryTimeWindow: "PT20S",
    RequiresDuplicateDetection: false,
  };
  const rule = (Name: string, Properties: object) => ({ Name, Properties });
  const { queues, topics } = parseEntities({
    UserConfig: {
      Namespaces: [
        {
          Name: "sbemulatorns",
          Queues: [
            { Name: "queue.1", Properties: { ...properties, ...detection } },
          ],
          Topics: [
            {
              Name: "topic.1",
              Properties: { DefaultMessageTimeToLive: "PT1H", ...detection },
              Subscriptions: [
                {
                  Name: "subscription.1",
                  Properties: properties,
                  Rules: [
                    rule("app-prop-filter-1", {
                      FilterType: "Correlation",
                      CorrelationFilter: {
                        ContentType: "application/text",
                        Properties: { prop1: "value1" },
                      },
                    }),
                    rule("sql", {
                      FilterType: "Sql",
                      SqlFilter: { SqlExpression: "sys.MessageId = '123456'" },
                    }),
                  ],
                },
              ],
            },
          ],
        },
      ],
      Logging: { Type: "File" },
    },
  });
  expect(queues).toHaveLength(1);
  expect(topics[0]?.Subscriptions[0]?.Rules).toHaveLength(2);
});

test("says all that is wrong at once, each with where it is", () => {
  const problems = problemsOf(
    file({
      Queues: [
        {
          Name: "a b",
          Properties: { LockDuration: "one minute", Colour: "red" },
        },
        { Name: "q", Properties: { ForwardTo: "other", LockDuration: "PT6M" } },
      ],
      Topics: [
        {
          Name: "t",
          Subscriptions: [
            {
              Name: "s",
              Rules: [
                {
                  Name: "r",
                  Properties: {
                    FilterType: "Sql",
                    SqlFilter: { SqlExpression: "n = = 1" },
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  );
  for (const part of [
    /1 to 260 letters.*\n.*Queues\[0\]\.Name/,
    /ISO 8601 duration/,
    /"Colour"/,
    /ForwardTo/,
    /at most PT5M/,
    /'=' was not expected at character 5/,
  ])
    expect(problems).toMatch(part);
});

test("a name must be there once", () => {
  const problems = problemsOf(
    file({ Queues: [{ Name: "q" }], Topics: [{ Name: "Q" }] }),
  );
  expect(problems).toContain("'Q' is there more than once");
});

test.each([
  ["PT1M", 60_000],
  ["P1DT2H3M4.5S", 93_784_500],
  ["P10675199DT2H48M5.4775807S", Infinity],
  ["P", undefined],
  ["1 minute", undefined],
])("the duration %s is %s ms", (text, ms) => {
  expect(parseIsoDuration(text)).toBe(ms);
});
