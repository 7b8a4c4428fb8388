using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Errors(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("reports MessagingEntityNotFound for a queue, subscription or management node that does not exist")]
    public async Task NotFound()
    {
        const ServiceBusFailureReason reason = ServiceBusFailureReason.MessagingEntityNotFound;
        await AssertFailsAsync(reason, () => SendAsync("missing", Messages("1")));
        await AssertFailsAsync(reason, () => Client.CreateReceiver("missing").ReceiveMessageAsync(Limit));
        await AssertFailsAsync(reason, () => Client.CreateReceiver("missing").PeekMessageAsync());
        await AssertFailsAsync(
            reason, () => Client.CreateReceiver(Broker.Take("topic"), "missing").ReceiveMessageAsync(Limit));
        await AssertFailsAsync(reason, () => Client.AcceptSessionAsync("missing", "a"));
        await AssertFailsAsync(reason, () => Client.AcceptNextSessionAsync("missing"));
    }

    [Scenario("reports MessageSizeExceeded for a message over 256 KiB and keeps the sender usable")]
    public async Task TooLarge()
    {
        var queue = Broker.Take("plain");
        await using var sender = Client.CreateSender(queue);
        await AssertFailsAsync(
            ServiceBusFailureReason.MessageSizeExceeded,
            () => sender.SendMessageAsync(new ServiceBusMessage(new byte[300 * 1024])));
        await sender.SendMessageAsync(new ServiceBusMessage("small"));
        await AssertStoredAsync(Client.CreateReceiver(queue), "small");
    }

    [Scenario("reports an InvalidOperationException for a receiver without a session where sessions are required")]
    public async Task SessionRequired() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Client.CreateReceiver(Broker.Take("sessions")).ReceiveMessageAsync(Limit));

    [Scenario("reports an InvalidOperationException for a session of a queue without sessions")]
    public async Task NoSessions()
    {
        var queue = Broker.Take("plain");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.AcceptSessionAsync(queue, "a"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.AcceptNextSessionAsync(queue));
    }

    [Scenario("reports an InvalidOperationException for a message without a session where sessions are required")]
    public async Task MessageWithoutSession() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => SendAsync(Broker.Take("sessions"), Messages("1")));

    [Scenario("reports an UnauthorizedAccessException for a wrong key")]
    public async Task Unauthorized()
    {
        var connectionString = Broker.Process.ConnectionString.Replace("SharedAccessKey=S", "SharedAccessKey=X");
        await using var client = new ServiceBusClient(connectionString);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(
            () => client.CreateSender(Broker.Take("plain")).SendMessageAsync(new ServiceBusMessage("1")));
    }

    [Scenario("reports MessageLockLost when a message is settled twice by different receivers")]
    public async Task SettledTwice()
    {
        var queue = Broker.Take("plain");
        await SendAsync(queue, Messages("1"));
        var receiver = Client.CreateReceiver(queue);
        var message = await ReceiveAsync(receiver);
        await receiver.CompleteMessageAsync(message);
        await AssertFailsAsync(
            ServiceBusFailureReason.MessageLockLost,
            () => Client.CreateReceiver(queue).CompleteMessageAsync(message));
    }
}
