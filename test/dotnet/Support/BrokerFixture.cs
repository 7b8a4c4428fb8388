using System.Collections.Concurrent;

namespace ServiceBus.Tests.Support;

/// <summary>Starts one broker for the scenarios of a class.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, int> used = new();

    public BrokerProcess Process { get; } = new();

    public Task InitializeAsync() => Process.StartAsync(Entities.ToJson());

    public async Task DisposeAsync() => await Process.DisposeAsync();

    /// <summary>Returns the name of an entity of this kind that no scenario has used.</summary>
    public string Take(string kind)
    {
        var number = used.AddOrUpdate(kind, 1, (_, last) => last + 1);
        return number <= Entities.CountPerKind
            ? Entities.NameOf(kind, number)
            : throw new InvalidOperationException($"There are too few entities of the kind '{kind}'. Increase CountPerKind.");
    }

    public ServiceBusClient CreateClient(int maxRetries = 0, double tryTimeoutSeconds = 20) =>
        new(Process.ConnectionString, new ServiceBusClientOptions
        {
            RetryOptions = new ServiceBusRetryOptions
            {
                MaxRetries = maxRetries,
                TryTimeout = TimeSpan.FromSeconds(tryTimeoutSeconds),
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
            },
        });
}
