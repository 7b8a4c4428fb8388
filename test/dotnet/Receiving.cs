using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Receiving(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("returns null when no message arrives within the wait time")]
    public async Task Empty()
    {
        var receiver = Client.CreateReceiver(Broker.Take("plain"));
        Assert.Null(await receiver.ReceiveMessageAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Scenario("waits for a message that is sent later")]
    public async Task LongPoll()
    {
        var queue = Broker.Take("plain");
        var receiver = Client.CreateReceiver(queue);
        var pending = ReceiveAsync(receiver);
        await SendAsync(queue, Messages("later"));
        Assert.Equal("later", (await pending).Body.ToString());
    }

    [Scenario("receives fewer messages than requested and stays usable")]
    public async Task PartialBatch()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2"));
        var receiver = Client.CreateReceiver(queue);
        var first = await receiver.ReceiveMessagesAsync(10, TimeSpan.FromSeconds(2));
        Assert.Equal(["1", "2"], Bodies(first));
        await SendAsync(queue, Messages("3"));
        Assert.Equal("3", (await ReceiveAsync(receiver)).Body.ToString());
    }

    [Scenario("does not deliver a locked message to another receiver")]
    public async Task Exclusive()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        await ReceiveAsync(Client.CreateReceiver(queue));
        var other = Client.CreateReceiver(queue);
        Assert.Null(await other.ReceiveMessageAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Scenario("deletes messages on delivery in the mode ReceiveAndDelete")]
    public async Task ReceiveAndDelete()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2"));
        var receiver = Client.CreateReceiver(queue, new ServiceBusReceiverOptions
        {
            ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete,
        });
        Assert.Equal(["1", "2"], Bodies(await ReceiveAsync(receiver, 2)));
        await AssertStoredAsync(receiver);
    }

    [Scenario("enumerates messages as they arrive")]
    public async Task Enumerate()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2", "3"));
        var receiver = Client.CreateReceiver(queue);
        var bodies = new List<string>();
        await foreach (var message in receiver.ReceiveMessagesAsync())
        {
            bodies.Add(message.Body.ToString());
            await receiver.CompleteMessageAsync(message);
            if (bodies.Count == 3)
                break;
        }
        Assert.Equal(["1", "2", "3"], bodies);
    }

    [Scenario("peeks messages page by page without locking them")]
    public async Task Peek()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2", "3"));
        var receiver = Client.CreateReceiver(queue);
        Assert.Equal(["1", "2"], Bodies(await receiver.PeekMessagesAsync(2)));
        Assert.Equal(["3"], Bodies(await receiver.PeekMessagesAsync(2)));
        Assert.Null(await receiver.PeekMessageAsync());
        Assert.Equal(3, (await ReceiveAsync(receiver, 3)).Count);
    }

    [Scenario("delivers a message to all subscriptions of a topic")]
    public async Task Topic()
    {
        var topic = Broker.Take("topic");
        await SendAsync(topic, Messages("1"));
        foreach (var subscription in new[] { "first", "second" })
        {
            var receiver = Client.CreateReceiver(topic, subscription);
            var message = await ReceiveAsync(receiver);
            Assert.Equal("1", message.Body.ToString());
            await receiver.CompleteMessageAsync(message);
        }
    }
}
