using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Settlement(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("removes a completed message")]
    public async Task Complete()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        await receiver.CompleteMessageAsync(await ReceiveAsync(receiver));
        await AssertStoredAsync(receiver);
    }

    [Scenario("redelivers an abandoned message with a higher delivery count, a new lock token and the same sequence number")]
    public async Task Abandon()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        var first = await ReceiveAsync(receiver);
        await receiver.AbandonMessageAsync(first);
        var second = await ReceiveAsync(receiver);
        Assert.Equal((1, 2), (first.DeliveryCount, second.DeliveryCount));
        Assert.Equal(first.SequenceNumber, second.SequenceNumber);
        Assert.NotEqual(first.LockToken, second.LockToken);
    }

    [Scenario("keeps the AMQP types of properties that are modified by abandoning")]
    public async Task ModifiedProperties()
    {
        var queue = Broker.Take("plain");
        var sent = new ServiceBusMessage("1") { ApplicationProperties = { ["old"] = "a", ["kept"] = 7 } };
        await SendAsync(queue, sent);
        var receiver = Client.CreateReceiver(queue);
        var changes = TypedProperties();
        await receiver.AbandonMessageAsync(await ReceiveAsync(receiver), changes);
        var expected = new Dictionary<string, object>(changes) { ["kept"] = 7 };
        Assert.Equal(expected, (await ReceiveAsync(receiver)).ApplicationProperties);
    }

    [Scenario("keeps the AMQP types of properties that are modified through the management link")]
    public async Task ModifiedPropertiesOfDeferred()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        var message = await ReceiveAsync(receiver);
        await receiver.DeferMessageAsync(message);
        var deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        // A deferred message was not received on a link, so the client settles it with a management request.
        await receiver.AbandonMessageAsync(deferred, TypedProperties());
        var again = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        Assert.Equal(TypedProperties(), again.ApplicationProperties);
    }

    [Scenario("moves a message to the dead letters after the maximum number of deliveries")]
    public async Task MaxDeliveryCount()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        for (var delivery = 1; delivery <= 3; delivery += 1)
            await receiver.AbandonMessageAsync(await ReceiveAsync(receiver));
        var deadLetter = await ReceiveAsync(DeadLetters(queue));
        Assert.Equal("MaxDeliveryCountExceeded", deadLetter.DeadLetterReason);
    }

    [Scenario("settles messages of one receive call concurrently and in any order")]
    public async Task AnyOrder()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2", "3", "4"));
        var receiver = Client.CreateReceiver(queue);
        var messages = await ReceiveAsync(receiver, 4);
        await Task.WhenAll(
            receiver.CompleteMessageAsync(messages[3]),
            receiver.DeadLetterMessageAsync(messages[1]),
            receiver.DeferMessageAsync(messages[2]),
            receiver.CompleteMessageAsync(messages[0]));
        await AssertStoredAsync(receiver, "3");
        await AssertStoredAsync(DeadLetters(queue), "2");
    }

    private static Dictionary<string, object> TypedProperties() => new()
    {
        ["old"] = "b", ["int"] = 5, ["long"] = 6L, ["double"] = 2.0, ["float"] = 1.5f, ["short"] = (short)-3,
        ["ulong"] = 9UL, ["bool"] = false, ["guid"] = Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"),
    };
}
