import { parseIsoDuration } from "../../../shared/time/iso-duration";
import { parseEntities } from "../../../service-bus/namespace/entity-file";

const file = (namespace: object) => ({
  UserConfig: { Namespaces: [namespace] },
});

function readProblems(value: unknown): string {
  try {
    parseEntities(value);
    return "";
  } catch (error) {
    expect(error).toMatchObject({ code: "service_bus_entities_invalid" });
    return (error as Error).message;
  }
}

test("reads the sample file of Microsoft's emulator unchanged", () => {
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

test("lists all problems with their paths in one error", () => {
  const problems = readProblems(
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
    /unexpected '=' at character 5/,
  ])
    expect(problems).toMatch(part);
});

test("rejects a queue and a topic with the same name", () => {
  const problems = readProblems(
    file({ Queues: [{ Name: "q" }], Topics: [{ Name: "Q" }] }),
  );
  expect(problems).toContain("the name 'Q' is used more than once");
});

test.each([
  ["PT1M", 60_000],
  ["P1DT2H3M4.5S", 93_784_500],
  ["P10675199DT2H48M5.4775807S", Infinity],
  ["P", undefined],
  ["1 minute", undefined],
])("parseIsoDuration(%j) returns %s", (text, ms) => {
  expect(parseIsoDuration(text)).toBe(ms);
});
