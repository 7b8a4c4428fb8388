using System.Collections.Concurrent;
using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class SessionProcessor(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("processes sessions concurrently and the messages of each session in order")]
    public async Task Order()
    {
        var queue = Broker.Take("sessions");
        string[] sessions = ["a", "b", "c"];
        foreach (var number in Enumerable.Range(1, 4))
            await SendAsync(queue, [.. sessions.Select(session => InSession(session, $"{number}"))]);

        var seen = await RunAsync(queue, 12, _ => Task.CompletedTask);

        foreach (var session in sessions)
            Assert.Equal(
                ["1", "2", "3", "4"],
                Bodies(seen.Where(message => message.SessionId == session)));
    }

    [Scenario("keeps state between the messages of a session")]
    public async Task State()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue, InSession("a", "1"), InSession("a", "2"), InSession("a", "3"));
        await RunAsync(queue, 3, async args =>
        {
            var state = await args.GetSessionStateAsync();
            var sum = (state is null ? 0 : int.Parse(state.ToString())) + int.Parse(args.Message.Body.ToString());
            await args.SetSessionStateAsync(BinaryData.FromString($"{sum}"));
        });
        await using var session = await Client.AcceptSessionAsync(queue, "a");
        Assert.Equal("6", (await session.GetSessionStateAsync()).ToString());
    }

    [Scenario("renews the lock of a session while a handler runs")]
    public async Task RenewLock()
    {
        var queue = Broker.Take("short-sessions");
        await SendAsync(queue, InSession("a", "1"));
        var seen = await RunAsync(queue, 1, async args =>
        {
            // The lock lasts a second: the handler ends after the original lock would have expired.
            var expiry = args.SessionLockedUntil;
            while (DateTimeOffset.UtcNow <= expiry.AddMilliseconds(500))
                await Task.Delay(50);
            Assert.True(args.SessionLockedUntil > expiry);
        });
        Assert.Single(seen);
    }

    [Scenario("processes only the sessions that it is configured for")]
    public async Task NamedSessions()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue, InSession("other", "1"), InSession("mine", "2"));
        var seen = await RunAsync(queue, 1, _ => Task.CompletedTask, "mine");
        Assert.Equal(["2"], Bodies(seen));
        await using var session = await Client.AcceptNextSessionAsync(queue);
        Assert.Equal("other", session.SessionId);
    }

    [Scenario("takes up a session that gets its first message while the processor waits, and reports no error")]
    public async Task Idle()
    {
        var queue = Broker.Take("sessions");
        await using var client = Broker.CreateClient(tryTimeoutSeconds: 1);
        await using var processor = client.CreateSessionProcessor(queue);
        var received = new TaskCompletionSource();
        var errors = new ConcurrentQueue<Exception>();
        processor.ProcessMessageAsync += _ =>
        {
            received.TrySetResult();
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += args =>
        {
            errors.Enqueue(args.Exception);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        // Two periods in which the broker answers that it has no session.
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await SendAsync(queue, InSession("a", "1"));
        await received.Task.WaitAsync(Limit);
        await processor.StopProcessingAsync();
        Assert.Empty(errors);
    }

    private static ServiceBusMessage InSession(string session, string body) => new(body) { SessionId = session };

    /// <summary>Processes messages until `count` handlers have ended, then stops. Returns the messages in order of arrival.</summary>
    private async Task<IReadOnlyCollection<ServiceBusReceivedMessage>> RunAsync(
        string queue, int count, Func<ProcessSessionMessageEventArgs, Task> handle, params string[] sessions)
    {
        var options = new ServiceBusSessionProcessorOptions { MaxConcurrentSessions = 4 };
        foreach (var session in sessions)
            options.SessionIds.Add(session);
        await using var processor = Client.CreateSessionProcessor(queue, options);
        var seen = new ConcurrentQueue<ServiceBusReceivedMessage>();
        var finished = new TaskCompletionSource();
        var ended = 0;
        processor.ProcessMessageAsync += async args =>
        {
            seen.Enqueue(args.Message);
            await handle(args);
            if (Interlocked.Increment(ref ended) == count)
                finished.TrySetResult();
        };
        processor.ProcessErrorAsync += args =>
        {
            finished.TrySetException(args.Exception);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await finished.Task.WaitAsync(Limit);
        await processor.StopProcessingAsync();
        return seen;
    }
}
