using System.Text.Json;

namespace ServiceBus.Tests.Support;

/// <summary>The entities of the broker: several of each kind, so that every scenario uses an unused one.</summary>
public static class Entities
{
    public const int CountPerKind = 16;

    private static readonly Dictionary<string, object> queueKinds = new()
    {
        ["plain"] = new { LockDuration = "PT1M", MaxDeliveryCount = 3 },
        ["short-lock"] = new { LockDuration = "PT1S" },
        ["sessions"] = new { LockDuration = "PT1M", RequiresSession = true },
        ["short-sessions"] = new { LockDuration = "PT1S", RequiresSession = true },
        ["duplicates"] = new { RequiresDuplicateDetection = true },
        ["expiring"] = new { DeadLetteringOnMessageExpiration = true },
    };

    public static string ToJson() => JsonSerializer.Serialize(new
    {
        UserConfig = new
        {
            Namespaces = new[]
            {
                new
                {
                    Name = "tests",
                    Queues = queueKinds.SelectMany(kind => Names(kind.Key).Select(
                        name => new { Name = name, Properties = kind.Value })),
                    Topics = Names("topic").Select(name => new
                    {
                        Name = name,
                        Subscriptions = new[] { new { Name = "first" }, new { Name = "second" } },
                    }),
                },
            },
        },
    });

    public static string NameOf(string kind, int number) => $"{kind}-{number}";

    private static IEnumerable<string> Names(string kind) =>
        Enumerable.Range(1, CountPerKind).Select(number => NameOf(kind, number));
}
