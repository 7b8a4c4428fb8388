using System.Transactions;
using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class Transactions(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("refuses a transaction with NotSupportedException, stores nothing and keeps the client usable")]
    public async Task Refused()
    {
        var queue = Broker.Take("plain");
        await using var sender = Client.CreateSender(queue);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            await Assert.ThrowsAsync<NotSupportedException>(
                () => sender.SendMessageAsync(new ServiceBusMessage("1")));
        await sender.SendMessageAsync(new ServiceBusMessage("2"));
        await AssertStoredAsync(Client.CreateReceiver(queue), "2");
    }

    [Scenario("refuses a client with transactions across entities, which declares a transaction first")]
    public async Task CrossEntity()
    {
        await using var client = new ServiceBusClient(
            Broker.Process.ConnectionString,
            new ServiceBusClientOptions { EnableCrossEntityTransactions = true });
        var receiver = client.CreateReceiver(Broker.Take("plain"));
        await Assert.ThrowsAsync<NotSupportedException>(() => receiver.ReceiveMessageAsync(Limit));
    }
}
