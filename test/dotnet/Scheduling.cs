using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Scheduling(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("delivers a scheduled message at its time and not earlier")]
    public async Task Schedule()
    {
        var queue = Broker.Take("plain");
        var at = DateTimeOffset.UtcNow.AddSeconds(1);
        await using var sender = Client.CreateSender(queue);
        var number = await sender.ScheduleMessageAsync(new ServiceBusMessage("1"), at);
        Assert.True(number > 0);
        var message = await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.True(DateTimeOffset.UtcNow >= at);
        Assert.Equal(at, message.ScheduledEnqueueTime, TimeSpan.FromMilliseconds(1));
    }

    [Scenario("delivers a message that was sent with a scheduled time")]
    public async Task SendScheduled()
    {
        var queue = Broker.Take("plain");
        var at = DateTimeOffset.UtcNow.AddMilliseconds(500);
        await SendAsync(queue, new ServiceBusMessage("1") { ScheduledEnqueueTime = at });
        await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.True(DateTimeOffset.UtcNow >= at);
    }

    [Scenario("peeks a scheduled message with its state and cancels it")]
    public async Task Cancel()
    {
        var queue = Broker.Take("plain");
        await using var sender = Client.CreateSender(queue);
        var numbers = await sender.ScheduleMessagesAsync(Messages("1", "2"), DateTimeOffset.UtcNow.AddHours(1));
        var receiver = Client.CreateReceiver(queue);
        Assert.Equal(ServiceBusMessageState.Scheduled, (await receiver.PeekMessageAsync())!.State);
        await sender.CancelScheduledMessageAsync(numbers[0]);
        await AssertStoredAsync(receiver, "2");
    }

    [Scenario("fails with MessageNotFound when a scheduled message to cancel does not exist")]
    public async Task CancelMissing()
    {
        await using var sender = Client.CreateSender(Broker.Take("plain"));
        await AssertFailsAsync(
            ServiceBusFailureReason.MessageNotFound, () => sender.CancelScheduledMessageAsync(123));
    }
}
