namespace ServiceBus.Tests.Support;

/// <summary>Base class of all scenarios: one broker for each class, one client for each scenario.</summary>
public abstract class BrokerScenarios(BrokerFixture broker) : IClassFixture<BrokerFixture>, IAsyncLifetime
{
    /// <summary>Upper limit of waits that normally end earlier.</summary>
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    protected BrokerFixture Broker { get; } = broker;

    protected ServiceBusClient Client { get; } = broker.CreateClient();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Client.DisposeAsync();

    protected async Task SendAsync(string entity, params ServiceBusMessage[] messages)
    {
        await using var sender = Client.CreateSender(entity);
        foreach (var message in messages)
            await sender.SendMessageAsync(message);
    }

    protected static ServiceBusMessage[] Messages(params string[] bodies) =>
        [.. bodies.Select(body => new ServiceBusMessage(body))];

    /// <summary>Receives the next message; fails when none arrives.</summary>
    protected static async Task<ServiceBusReceivedMessage> ReceiveAsync(ServiceBusReceiver receiver)
    {
        var message = await receiver.ReceiveMessageAsync(Limit);
        Assert.NotNull(message);
        return message;
    }

    /// <summary>Receives exactly this number of messages; fails when fewer arrive.</summary>
    protected static async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(ServiceBusReceiver receiver, int count)
    {
        var messages = new List<ServiceBusReceivedMessage>();
        while (messages.Count < count)
        {
            var more = await receiver.ReceiveMessagesAsync(count - messages.Count, Limit);
            Assert.NotEmpty(more);
            messages.AddRange(more);
        }
        return messages;
    }

    /// <summary>Checks that the entity, or its subqueue, stores these bodies.</summary>
    protected static async Task AssertStoredAsync(ServiceBusReceiver receiver, params string[] bodies)
    {
        var stored = await receiver.PeekMessagesAsync(100, fromSequenceNumber: 0);
        Assert.Equal(bodies, Bodies(stored));
    }

    protected static IEnumerable<string> Bodies(IEnumerable<ServiceBusReceivedMessage> messages) =>
        messages.Select(message => message.Body.ToString());

    protected ServiceBusReceiver DeadLetters(string entity) =>
        Client.CreateReceiver(entity, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    protected static async Task AssertFailsAsync(ServiceBusFailureReason reason, Func<Task> action)
    {
        var exception = await Assert.ThrowsAsync<ServiceBusException>(action);
        Assert.Equal(reason, exception.Reason);
    }
}
