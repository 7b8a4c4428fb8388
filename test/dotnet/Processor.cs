using System.Collections.Concurrent;
using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Processor(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("processes messages concurrently and completes each")]
    public async Task Concurrent()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2", "3", "4"));
        var allStarted = new CountdownEvent(4);
        await using var processor = Client.CreateProcessor(
            queue, new ServiceBusProcessorOptions { MaxConcurrentCalls = 4 });

        var seen = await RunAsync(processor, 4, _ =>
        {
            allStarted.Signal();
            return Task.Run(() => Assert.True(allStarted.Wait(Limit)));
        });

        Assert.Equal(["1", "2", "3", "4"], Bodies(seen).Order());
        await AssertStoredAsync(Client.CreateReceiver(queue));
    }

    [Scenario("abandons a message whose handler throws, and processes it again")]
    public async Task Throw()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        await using var processor = Client.CreateProcessor(queue);
        var seen = await RunAsync(processor, 2, args => args.Message.DeliveryCount == 1
            ? throw new InvalidOperationException("The first attempt fails.")
            : Task.CompletedTask);
        Assert.Equal([1, 2], seen.Select(message => message.DeliveryCount));
        await AssertStoredAsync(Client.CreateReceiver(queue));
    }

    [Scenario("renews the lock of a message while its handler runs")]
    public async Task RenewLock()
    {
        var queue = Broker.Take("short-lock");
        await SendAsync(queue, Messages("1"));
        await using var processor = Client.CreateProcessor(queue, new ServiceBusProcessorOptions
        {
            MaxAutoLockRenewalDuration = TimeSpan.FromMinutes(1),
        });
        var seen = await RunAsync(processor, 1, async args =>
        {
            // The lock lasts a second: the handler ends after the original lock would have expired.
            var expiry = args.Message.LockedUntil;
            while (DateTimeOffset.UtcNow <= expiry.AddMilliseconds(500))
                await Task.Delay(50);
            Assert.True(args.Message.LockedUntil > expiry);
        });
        Assert.Single(seen);
        await AssertStoredAsync(Client.CreateReceiver(queue));
    }

    [Scenario("lets a handler settle its message, with automatic completion off")]
    public async Task ManualSettlement()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2"));
        await using var processor = Client.CreateProcessor(queue, new ServiceBusProcessorOptions
        {
            AutoCompleteMessages = false, PrefetchCount = 5,
        });
        await RunAsync(processor, 2, args => args.Message.Body.ToString() == "1"
            ? args.DeadLetterMessageAsync(args.Message, "invalid")
            : args.CompleteMessageAsync(args.Message));
        await AssertStoredAsync(Client.CreateReceiver(queue));
        await AssertStoredAsync(DeadLetters(queue), "1");
    }

    [Scenario("reports a queue that does not exist to the error handler")]
    public async Task MissingQueue()
    {
        await using var processor = Client.CreateProcessor("missing");
        var reported = new TaskCompletionSource<Exception>();
        processor.ProcessMessageAsync += _ => Task.CompletedTask;
        processor.ProcessErrorAsync += args =>
        {
            reported.TrySetResult(args.Exception);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        var exception = Assert.IsType<ServiceBusException>(await reported.Task.WaitAsync(Limit));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, exception.Reason);
        await processor.StopProcessingAsync();
    }

    /// <summary>Processes messages until `count` handlers have ended, then stops. Returns the messages in order of arrival.</summary>
    private static async Task<IReadOnlyCollection<ServiceBusReceivedMessage>> RunAsync(
        ServiceBusProcessor processor, int count, Func<ProcessMessageEventArgs, Task> handle)
    {
        var seen = new ConcurrentQueue<ServiceBusReceivedMessage>();
        var finished = new TaskCompletionSource();
        processor.ProcessMessageAsync += async args =>
        {
            seen.Enqueue(args.Message);
            try
            {
                await handle(args);
            }
            finally
            {
                if (seen.Count >= count)
                    finished.TrySetResult();
            }
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await finished.Task.WaitAsync(Limit);
        await processor.StopProcessingAsync();
        return seen;
    }
}
