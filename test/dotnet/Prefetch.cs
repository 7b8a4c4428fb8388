using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Prefetch(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("delivers prefetched messages to receive calls, in order")]
    public async Task Order()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2", "3", "4", "5"));
        var receiver = Client.CreateReceiver(queue, new ServiceBusReceiverOptions { PrefetchCount = 3 });
        var bodies = new List<string>();
        for (var count = 0; count < 5; count += 1)
        {
            var message = await ReceiveAsync(receiver);
            bodies.Add(message.Body.ToString());
            await receiver.CompleteMessageAsync(message);
        }
        Assert.Equal(["1", "2", "3", "4", "5"], bodies);
        await AssertStoredAsync(receiver);
    }

    [Scenario("locks prefetched messages")]
    public async Task Locks()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2", "3"));
        var receiver = Client.CreateReceiver(queue, new ServiceBusReceiverOptions { PrefetchCount = 10 });
        await ReceiveAsync(receiver);
        // The first receiver has received one message and prefetched the others.
        Assert.Null(await Client.CreateReceiver(queue).ReceiveMessageAsync(TimeSpan.FromMilliseconds(200)));
        await ReceiveAsync(receiver, 2);
    }

    [Scenario("prefetches the messages of a session")]
    public async Task Session()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue,
            new ServiceBusMessage("1") { SessionId = "a" }, new ServiceBusMessage("2") { SessionId = "a" });
        await using var session = await Client.AcceptNextSessionAsync(
            queue, new ServiceBusSessionReceiverOptions { PrefetchCount = 10 });
        Assert.Equal(["1", "2"], Bodies(await ReceiveAsync(session, 2)));
    }
}
