using Azure.Core.Amqp;
using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Sending(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("delivers a message with every property")]
    public async Task EveryProperty()
    {
        var queue = Broker.Take("plain");
        var sent = new ServiceBusMessage("grüße")
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            Subject = "paint",
            To = "receiver",
            ReplyTo = "responses",
            ReplyToSessionId = "r-1",
            ContentType = "text/plain",
            PartitionKey = "p-1",
            TimeToLive = TimeSpan.FromMinutes(5),
        };
        var at = new DateTimeOffset(2026, 11, 27, 10, 0, 0, TimeSpan.FromHours(2));
        var properties = new Dictionary<string, object>
        {
            ["string"] = "x", ["int"] = 5, ["long"] = 1L << 60, ["double"] = 1.5, ["bool"] = true,
            ["decimal"] = 1.25m, ["guid"] = Guid.Empty, ["byte"] = (byte)7, ["offset"] = at,
            ["duration"] = TimeSpan.FromSeconds(3), ["uri"] = new Uri("https://example.com/a"),
        };
        foreach (var (name, value) in properties)
            sent.ApplicationProperties[name] = value;

        await SendAsync(queue, sent);

        var received = await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.Equal("grüße", received.Body.ToString());
        Assert.Equal(properties, received.ApplicationProperties);
        Assert.Equal(
            ("m-1", "c-1", "paint", "receiver", "responses", "r-1", "text/plain", "p-1"),
            (received.MessageId, received.CorrelationId, received.Subject, received.To, received.ReplyTo,
                received.ReplyToSessionId, received.ContentType, received.PartitionKey));
        Assert.Equal(TimeSpan.FromMinutes(5), received.TimeToLive);
        Assert.Equal(received.EnqueuedTime.AddMinutes(5), received.ExpiresAt, TimeSpan.FromSeconds(1));
        Assert.Equal(1, received.DeliveryCount);
        Assert.Equal(ServiceBusMessageState.Active, received.State);
        Assert.True(received.SequenceNumber > 0);
        Assert.True(Guid.TryParse(received.LockToken, out _));
    }

    [Scenario("sends a batch in one transfer and delivers its messages in order")]
    public async Task Batch()
    {
        var queue = Broker.Take("plain");
        await using var sender = Client.CreateSender(queue);
        using var batch = await sender.CreateMessageBatchAsync();
        Assert.Equal(256 * 1024, batch.MaxSizeInBytes);
        foreach (var message in Messages("1", "2", "3"))
            Assert.True(batch.TryAddMessage(message));

        await sender.SendMessagesAsync(batch);

        var received = await ReceiveAsync(Client.CreateReceiver(queue), 3);
        Assert.Equal(["1", "2", "3"], Bodies(received));
    }

    [Scenario("limits a batch to the maximum message size")]
    public async Task FullBatch()
    {
        await using var sender = Client.CreateSender(Broker.Take("plain"));
        using var batch = await sender.CreateMessageBatchAsync();
        Assert.True(batch.TryAddMessage(new ServiceBusMessage(new byte[200_000])));
        Assert.False(batch.TryAddMessage(new ServiceBusMessage(new byte[100_000])));
    }

    [Scenario("delivers a message of 200,000 bytes, which needs several frames")]
    public async Task Large()
    {
        var queue = Broker.Take("plain");
        var body = new byte[200_000];
        Random.Shared.NextBytes(body);
        await SendAsync(queue, new ServiceBusMessage(body));
        var received = await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.Equal(body, received.Body.ToArray());
    }

    [Scenario("delivers an AMQP value body with its type")]
    public async Task ValueBody()
    {
        var queue = Broker.Take("plain");
        var message = new ServiceBusMessage();
        message.GetRawAmqpMessage().Body = AmqpMessageBody.FromValue(42L);
        await SendAsync(queue, message);
        var received = await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.True(received.GetRawAmqpMessage().Body.TryGetValue(out var value));
        Assert.Equal(42L, value);
    }

    [Scenario("delivers an AMQP sequence body")]
    public async Task SequenceBody()
    {
        var queue = Broker.Take("plain");
        var message = new ServiceBusMessage();
        IList<object> sequence = ["one", 2, true];
        message.GetRawAmqpMessage().Body = AmqpMessageBody.FromSequence([sequence]);
        await SendAsync(queue, message);
        var received = await ReceiveAsync(Client.CreateReceiver(queue));
        Assert.True(received.GetRawAmqpMessage().Body.TryGetSequence(out var sequences));
        Assert.Equal(sequence, Assert.Single(sequences!));
    }

    [Scenario("keeps message annotations, the priority and the footer of a raw AMQP message")]
    public async Task RawSections()
    {
        var queue = Broker.Take("plain");
        var message = new ServiceBusMessage("raw");
        var raw = message.GetRawAmqpMessage();
        raw.MessageAnnotations["x-custom"] = "kept";
        raw.Footer["checksum"] = 7;
        raw.Properties.UserId = new byte[] { 1, 2 };
        await SendAsync(queue, message);
        var received = (await ReceiveAsync(Client.CreateReceiver(queue))).GetRawAmqpMessage();
        Assert.Equal("kept", received.MessageAnnotations["x-custom"]);
        Assert.Equal(7, received.Footer["checksum"]);
        Assert.Equal([1, 2], received.Properties.UserId!.Value.ToArray());
    }

    [Scenario("accepts 200 concurrent sends and delivers each message once")]
    public async Task Concurrent()
    {
        var queue = Broker.Take("plain");
        await using var sender = Client.CreateSender(queue);
        var bodies = Enumerable.Range(0, 200).Select(number => $"{number}").ToList();
        await Task.WhenAll(bodies.Select(body => sender.SendMessageAsync(new ServiceBusMessage(body))));
        var received = await ReceiveAsync(Client.CreateReceiver(queue), 200);
        Assert.Equal(bodies.Order(), Bodies(received).Order());
    }
}
