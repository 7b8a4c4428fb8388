using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class DuplicateDetection(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("accepts a message with a known id and drops it, also after the first was completed")]
    public async Task Drop()
    {
        var queue = Broker.Take("duplicates");
        await SendAsync(queue, WithId("a", "1"), WithId("a", "2"), WithId("b", "3"));
        var receiver = Client.CreateReceiver(queue);
        var messages = await ReceiveAsync(receiver, 2);
        Assert.Equal(["1", "3"], Bodies(messages));
        await receiver.CompleteMessageAsync(messages[0]);
        await SendAsync(queue, WithId("a", "4"));
        await AssertStoredAsync(receiver, "3");
    }

    private static ServiceBusMessage WithId(string id, string body) => new(body) { MessageId = id };
}
