using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Sessions(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("delivers the messages of a session in order and to its receiver only")]
    public async Task Order()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue, InSession("a", "1"), InSession("b", "2"), InSession("a", "3"));
        await using var session = await Client.AcceptSessionAsync(queue, "a");
        Assert.Equal("a", session.SessionId);
        var messages = await ReceiveAsync(session, 2);
        Assert.Equal(["1", "3"], Bodies(messages));
        Assert.All(messages, message => Assert.Equal("a", message.SessionId));
        foreach (var message in messages)
            await session.CompleteMessageAsync(message);
    }

    [Scenario("stores, returns and removes the state of a session")]
    public async Task State()
    {
        var queue = Broker.Take("sessions");
        await using (var session = await Client.AcceptSessionAsync(queue, "a"))
        {
            Assert.Null(await session.GetSessionStateAsync());
            await session.SetSessionStateAsync(BinaryData.FromString("step 2"));
        }
        await using var again = await Client.AcceptSessionAsync(queue, "a");
        Assert.Equal("step 2", (await again.GetSessionStateAsync()).ToString());
        await again.SetSessionStateAsync(null);
        Assert.Null(await again.GetSessionStateAsync());
    }

    [Scenario("accepts the next session with messages")]
    public async Task Next()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue, InSession("a", "1"));
        await using var session = await Client.AcceptNextSessionAsync(queue);
        Assert.Equal("a", session.SessionId);
        Assert.True(session.SessionLockedUntil > DateTimeOffset.UtcNow);
    }

    [Scenario("waits for the next session until a message arrives")]
    public async Task NextLater()
    {
        var queue = Broker.Take("sessions");
        var pending = Client.AcceptNextSessionAsync(queue);
        await SendAsync(queue, InSession("late", "1"));
        await using var session = await pending;
        Assert.Equal("late", session.SessionId);
        Assert.Equal("1", (await ReceiveAsync(session)).Body.ToString());
    }

    [Scenario("fails with ServiceTimeout when no session is available within the try timeout")]
    public async Task NextTimeout()
    {
        await using var client = Broker.CreateClient(tryTimeoutSeconds: 1);
        await AssertFailsAsync(
            ServiceBusFailureReason.ServiceTimeout,
            () => client.AcceptNextSessionAsync(Broker.Take("sessions")));
    }

    [Scenario("stops waiting for the next session when the caller cancels")]
    public async Task NextCancelled()
    {
        var queue = Broker.Take("sessions");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Client.AcceptNextSessionAsync(queue, cancellationToken: cancellation.Token));
        await SendAsync(queue, InSession("a", "1"));
        await using var session = await Client.AcceptSessionAsync(queue, "a");
        Assert.Equal("1", (await ReceiveAsync(session)).Body.ToString());
    }

    [Scenario("refuses a session that another receiver has locked")]
    public async Task Locked()
    {
        var queue = Broker.Take("sessions");
        await using var session = await Client.AcceptSessionAsync(queue, "a");
        await using var other = Broker.CreateClient();
        await AssertFailsAsync(
            ServiceBusFailureReason.SessionCannotBeLocked, () => other.AcceptSessionAsync(queue, "a"));
    }

    [Scenario("releases the session and its messages without counting a delivery when the receiver closes")]
    public async Task Release()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue, InSession("a", "1"));
        await using (var session = await Client.AcceptSessionAsync(queue, "a"))
            await ReceiveAsync(session);
        await using var again = await Client.AcceptSessionAsync(queue, "a");
        Assert.Equal(1, (await ReceiveAsync(again)).DeliveryCount);
    }

    [Scenario("renews the lock of a session")]
    public async Task Renew()
    {
        await using var session = await Client.AcceptSessionAsync(Broker.Take("sessions"), "a");
        var before = session.SessionLockedUntil;
        await session.RenewSessionLockAsync();
        Assert.True(session.SessionLockedUntil > before);
    }

    [Scenario("fails operations with SessionLockLost when the lock of a session expires, and counts a delivery")]
    public async Task Lost()
    {
        var queue = Broker.Take("short-sessions");
        await SendAsync(queue, InSession("a", "1"));
        await using var session = await Client.AcceptSessionAsync(queue, "a");
        var message = await ReceiveAsync(session);
        await session.RenewSessionLockAsync();
        // The client closes a receiver that has lost its session, so only operations that are under way fail so.
        var resume = await Broker.Process.PauseAsync();
        var complete = session.CompleteMessageAsync(message);
        var renew = session.RenewSessionLockAsync();
        while (DateTimeOffset.UtcNow <= session.SessionLockedUntil)
            await Task.Delay(50);
        await resume();
        await AssertFailsAsync(ServiceBusFailureReason.SessionLockLost, () => complete);
        await AssertFailsAsync(ServiceBusFailureReason.SessionLockLost, () => renew);
        Assert.True(session.IsClosed);
        await using var next = await Client.AcceptNextSessionAsync(queue);
        Assert.Equal("a", next.SessionId);
        Assert.Equal(2, (await ReceiveAsync(next)).DeliveryCount);
    }

    [Scenario("settles, defers and dead-letters messages of a session")]
    public async Task Settle()
    {
        var queue = Broker.Take("sessions");
        await SendAsync(queue, InSession("a", "1"), InSession("a", "2"), InSession("a", "3"));
        await using var session = await Client.AcceptSessionAsync(queue, "a");
        var messages = await ReceiveAsync(session, 3);
        await session.AbandonMessageAsync(messages[0]);
        await session.DeadLetterMessageAsync(messages[1], "invalid", "not JSON");
        await session.DeferMessageAsync(messages[2]);
        var again = await ReceiveAsync(session);
        Assert.Equal(("1", 2), (again.Body.ToString(), again.DeliveryCount));
        var deferred = await session.ReceiveDeferredMessageAsync(messages[2].SequenceNumber);
        await session.CompleteMessageAsync(deferred);
        Assert.Equal("invalid", (await ReceiveAsync(DeadLetters(queue))).DeadLetterReason);
    }

    private static ServiceBusMessage InSession(string session, string body) => new(body) { SessionId = session };
}
