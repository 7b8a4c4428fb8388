const queue = (Name: string, Properties: object = {}) => ({
  Name,
  Properties: { LockDuration: "PT2S", MaxDeliveryCount: 3, ...Properties },
});

/** The entities of the app in test/fixtures/service-bus. */
export const entities = {
  UserConfig: {
    Namespaces: [
      {
        Queues: [
          ...["requests", "raw", "slow", "too-large", "manual"].map((name) =>
            queue(name),
          ),
          queue("stubborn", { MaxDeliveryCount: 4 }),
          queue("batches"),
          queue("seen", { LockDuration: "PT1M", MaxDeliveryCount: 10 }),
          queue("ordered", { RequiresSession: true }),
          queue("session-batches", { RequiresSession: true }),
        ],
        Topics: [
          {
            Name: "news",
            Subscriptions: [{ Name: "readers" }, { Name: "archive" }],
          },
        ],
      },
    ],
  },
};
