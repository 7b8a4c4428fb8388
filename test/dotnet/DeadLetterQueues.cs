using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class DeadLetterQueues(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("moves a message to the dead letters with reason, description and properties")]
    public async Task Reason()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        await receiver.DeadLetterMessageAsync(
            await ReceiveAsync(receiver),
            new Dictionary<string, object> { ["attempt"] = 3 }, "invalid", "not JSON");
        var deadLetters = DeadLetters(queue);
        var message = await ReceiveAsync(deadLetters);
        Assert.Equal(("invalid", "not JSON"), (message.DeadLetterReason, message.DeadLetterErrorDescription));
        Assert.Equal(3, message.ApplicationProperties["attempt"]);
        await deadLetters.CompleteMessageAsync(message);
        await AssertStoredAsync(receiver);
    }

    [Scenario("moves an expired message to the dead letters")]
    public async Task Expired()
    {
        var queue = Broker.Take("expiring");
        await SendAsync(queue, new ServiceBusMessage("1") { TimeToLive = TimeSpan.FromMilliseconds(200) });
        var message = await ReceiveAsync(DeadLetters(queue));
        Assert.Equal("TTLExpiredException", message.DeadLetterReason);
    }

    [Scenario("receives dead letters of a subscription and finds the transfer dead letters empty")]
    public async Task Subqueues()
    {
        var topic = Broker.Take("topic");
        await SendAsync(topic, Messages("1"));
        var receiver = Client.CreateReceiver(topic, "first");
        await receiver.DeadLetterMessageAsync(await ReceiveAsync(receiver));
        await AssertStoredAsync(Subqueue(topic, SubQueue.DeadLetter), "1");
        await AssertStoredAsync(Subqueue(topic, SubQueue.TransferDeadLetter));
    }

    private ServiceBusReceiver Subqueue(string topic, SubQueue subqueue) =>
        Client.CreateReceiver(topic, "first", new ServiceBusReceiverOptions { SubQueue = subqueue });
}
