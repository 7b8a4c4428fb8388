using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Deferral(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("delivers a deferred message only by its sequence number")]
    public async Task Defer()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1", "2"));
        var receiver = Client.CreateReceiver(queue);
        var first = await ReceiveAsync(receiver);
        await receiver.DeferMessageAsync(first, new Dictionary<string, object> { ["waits-for"] = "approval" });
        Assert.Equal("2", (await ReceiveAsync(receiver)).Body.ToString());

        var deferred = await receiver.ReceiveDeferredMessageAsync(first.SequenceNumber);
        Assert.Equal("1", deferred.Body.ToString());
        Assert.Equal("approval", deferred.ApplicationProperties["waits-for"]);
        Assert.Equal(ServiceBusMessageState.Deferred, deferred.State);
        await receiver.RenewMessageLockAsync(deferred);
        await receiver.CompleteMessageAsync(deferred);
        await AssertStoredAsync(receiver, "2");
    }

    [Scenario("dead-letters a deferred message with a reason")]
    public async Task DeadLetter()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        var message = await ReceiveAsync(receiver);
        await receiver.DeferMessageAsync(message);
        var deferred = await receiver.ReceiveDeferredMessagesAsync([message.SequenceNumber]);
        await receiver.DeadLetterMessageAsync(Assert.Single(deferred), "invalid", "not JSON");
        var deadLetter = await ReceiveAsync(DeadLetters(queue));
        Assert.Equal(("invalid", "not JSON"), (deadLetter.DeadLetterReason, deadLetter.DeadLetterErrorDescription));
    }

    [Scenario("fails with MessageNotFound for a sequence number without a deferred message")]
    public async Task Missing()
    {
        var receiver = Client.CreateReceiver(Broker.Take("plain"));
        await AssertFailsAsync(
            ServiceBusFailureReason.MessageNotFound, () => receiver.ReceiveDeferredMessageAsync(123));
    }
}
