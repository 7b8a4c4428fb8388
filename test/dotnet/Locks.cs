using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Locks(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("extends the lock of a message by renewing it")]
    public async Task Renew()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        var message = await ReceiveAsync(receiver);
        var before = message.LockedUntil;
        await receiver.RenewMessageLockAsync(message);
        Assert.True(message.LockedUntil > before);
        await receiver.CompleteMessageAsync(message);
        await AssertStoredAsync(receiver);
    }

    [Scenario("redelivers a message whose lock expires, and refuses the expired lock")]
    public async Task Expire()
    {
        var queue = Broker.Take("short-lock");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        var first = await ReceiveAsync(receiver);
        var second = await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.Equal(2, second.DeliveryCount);
        await AssertFailsAsync(ServiceBusFailureReason.MessageLockLost, () => receiver.CompleteMessageAsync(first));
        await AssertFailsAsync(ServiceBusFailureReason.MessageLockLost, () => receiver.RenewMessageLockAsync(first));
    }

    [Scenario("keeps the locks of a receiver that was closed until they expire")]
    public async Task ClosedReceiver()
    {
        var queue = Broker.Take("short-lock");
        await SendAsync(queue, Messages("1"));
        await using (var receiver = Client.CreateReceiver(queue))
            await ReceiveAsync(receiver);
        var again = await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.Equal(2, again.DeliveryCount);
    }
}
