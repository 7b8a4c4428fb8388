using System.Collections.Concurrent;
using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Reconnect(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("goes on with the same client after a crash and restart of the broker")]
    public async Task Restart()
    {
        var queue = Broker.Take("plain");
        await using var client = Broker.CreateClient(maxRetries: 20);
        await using var sender = client.CreateSender(queue);
        var receiver = client.CreateReceiver(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("1"));
        await receiver.CompleteMessageAsync(await ReceiveAsync(receiver));
        await sender.SendMessageAsync(new ServiceBusMessage("2"));

        await Broker.Process.KillAsync();
        await Broker.Process.RestartAsync();

        await sender.SendMessageAsync(new ServiceBusMessage("3"));
        Assert.Equal(["2", "3"], Bodies(await ReceiveAsync(receiver, 2)));
    }

    [Scenario("processes every confirmed message and keeps none through three crashes of the broker")]
    public async Task CrashesUnderLoad()
    {
        var queue = Broker.Take("plain");
        await using var client = Broker.CreateClient(maxRetries: 50, tryTimeoutSeconds: 5);
        var processed = new ConcurrentDictionary<string, bool>();
        await using var processor = client.CreateProcessor(
            queue, new ServiceBusProcessorOptions { MaxConcurrentCalls = 4 });
        processor.ProcessMessageAsync += args =>
        {
            processed[args.Message.Body.ToString()] = true;
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();

        var bodies = Enumerable.Range(0, 120).Select(number => $"{number}").ToList();
        var sending = SendInOrderAsync(client.CreateSender(queue), bodies);
        foreach (var threshold in new[] { 20, 50, 80 })
        {
            await UntilAsync(() => processed.Count >= threshold);
            await Broker.Process.KillAsync();
            await Broker.Process.RestartAsync();
        }
        await sending;
        await UntilAsync(() => processed.Count == bodies.Count);
        // Messages whose completion a crash prevented are processed again.
        var receiver = client.CreateReceiver(queue);
        while (await receiver.PeekMessageAsync(fromSequenceNumber: 0) is not null)
            await Task.Delay(20);
        await processor.StopProcessingAsync();
        Assert.Equal(bodies.Order(), processed.Keys.Order());
    }

    [Scenario("reports ServiceCommunicationProblem while the broker is down")]
    public async Task Down()
    {
        var queue = Broker.Take("plain");
        await using var sender = Client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("1"));
        await Broker.Process.KillAsync();
        await using var fresh = Broker.CreateClient(tryTimeoutSeconds: 2);
        await AssertFailsAsync(
            ServiceBusFailureReason.ServiceCommunicationProblem,
            () => fresh.CreateSender(queue).SendMessageAsync(new ServiceBusMessage("2")));
        await Broker.Process.RestartAsync();
    }

    [Scenario("closes the receiver of a session after a crash, and accepts the session again without counting a delivery")]
    public async Task Session()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue, new ServiceBusMessage("1") { SessionId = "a" });
        await using var session = await Client.AcceptSessionAsync(queue, "a");
        await ReceiveAsync(session);
        await Broker.Process.KillAsync();
        await Broker.Process.RestartAsync();
        await UntilAsync(() => session.IsClosed);
        await using var client = Broker.CreateClient(maxRetries: 20);
        await using var again = await client.AcceptSessionAsync(queue, "a");
        Assert.Equal(1, (await ReceiveAsync(again)).DeliveryCount);
    }

    private static async Task SendInOrderAsync(ServiceBusSender sender, IEnumerable<string> bodies)
    {
        foreach (var body in bodies)
            await sender.SendMessageAsync(new ServiceBusMessage(body));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var limit = DateTimeOffset.UtcNow + Limit;
        while (!condition())
        {
            Assert.True(DateTimeOffset.UtcNow < limit, "The condition was not met within the limit.");
            await Task.Delay(20);
        }
    }
}
