using Azure.Messaging.ServiceBus.Administration;
using ServiceBus.Tests.Support;

namespace ServiceBus.Tests;

public class FiltersAndRules(BrokerFixture broker) : BrokerScenarios(broker)
{
    [Scenario("lists the default rule of a subscription, which matches every message")]
    public async Task DefaultRule()
    {
        await using var manager = Client.CreateRuleManager(Broker.Take("topic"), "first");
        var rule = Assert.Single(await ListAsync(manager));
        Assert.Equal("$Default", rule.Name);
        Assert.Equal("1=1", Assert.IsAssignableFrom<SqlRuleFilter>(rule.Filter).SqlExpression);
        Assert.Null(rule.Action);
    }

    [Scenario("creates, lists and deletes SQL and correlation rules")]
    public async Task Manage()
    {
        await using var manager = Client.CreateRuleManager(Broker.Take("topic"), "first");
        var correlation = new CorrelationRuleFilter
        {
            CorrelationId = "c", Subject = "paint", ApplicationProperties = { ["colour"] = "red" },
        };
        await manager.CreateRuleAsync("sql", new SqlRuleFilter("size > 10"));
        await manager.CreateRuleAsync("correlation", correlation);
        await manager.DeleteRuleAsync("$Default");

        var rules = await ListAsync(manager);
        Assert.Equal(["sql", "correlation"], rules.Select(rule => rule.Name));
        Assert.Equal("size > 10", ((SqlRuleFilter)rules[0].Filter).SqlExpression);
        Assert.Equal(correlation, rules[1].Filter);
    }

    [Scenario("delivers only messages that match a rule")]
    public async Task Match()
    {
        var topic = Broker.Take("topic");
        await using var manager = Client.CreateRuleManager(topic, "first");
        await manager.CreateRuleAsync("large", new SqlRuleFilter("size > 10 AND sys.Label LIKE 'p%'"));
        await manager.CreateRuleAsync("red", new CorrelationRuleFilter { ApplicationProperties = { ["colour"] = "red" } });
        await manager.DeleteRuleAsync("$Default");
        await SendAsync(topic,
            new ServiceBusMessage("small") { Subject = "paint", ApplicationProperties = { ["size"] = 3 } },
            new ServiceBusMessage("large") { Subject = "paint", ApplicationProperties = { ["size"] = 11 } },
            new ServiceBusMessage("red") { ApplicationProperties = { ["colour"] = "red" } });
        await AssertStoredAsync(Client.CreateReceiver(topic, "first"), "large", "red");
        await AssertStoredAsync(Client.CreateReceiver(topic, "second"), "small", "large", "red");
    }

    [Scenario("matches all messages with a true filter and none with a false filter")]
    public async Task TrueAndFalse()
    {
        var topic = Broker.Take("topic");
        await using (var first = Client.CreateRuleManager(topic, "first"))
        {
            await first.CreateRuleAsync("none", new FalseRuleFilter());
            await first.DeleteRuleAsync("$Default");
        }
        await using (var second = Client.CreateRuleManager(topic, "second"))
        {
            await second.CreateRuleAsync("all", new TrueRuleFilter());
            await second.DeleteRuleAsync("$Default");
        }
        await SendAsync(topic, Messages("1"));
        await AssertStoredAsync(Client.CreateReceiver(topic, "first"));
        await AssertStoredAsync(Client.CreateReceiver(topic, "second"), "1");
    }

    [Scenario("reports a rule that exists, one that does not exist and an invalid expression")]
    public async Task Invalid()
    {
        await using var manager = Client.CreateRuleManager(Broker.Take("topic"), "first");
        await AssertFailsAsync(
            ServiceBusFailureReason.MessagingEntityAlreadyExists,
            () => manager.CreateRuleAsync("$Default", new TrueRuleFilter()));
        await AssertFailsAsync(
            ServiceBusFailureReason.MessagingEntityNotFound, () => manager.DeleteRuleAsync("missing"));
        await Assert.ThrowsAsync<ArgumentException>(
            () => manager.CreateRuleAsync("broken", new SqlRuleFilter("size >")));
    }

    [Scenario("refuses a rule with an action, which this broker does not support")]
    public async Task Action()
    {
        await using var manager = Client.CreateRuleManager(Broker.Take("topic"), "first");
        await Assert.ThrowsAsync<NotSupportedException>(() => manager.CreateRuleAsync(new CreateRuleOptions
        {
            Name = "action", Filter = new TrueRuleFilter(), Action = new SqlRuleAction("SET a = 1"),
        }));
    }

    private static async Task<List<RuleProperties>> ListAsync(ServiceBusRuleManager manager)
    {
        var rules = new List<RuleProperties>();
        await foreach (var rule in manager.GetRulesAsync())
            rules.Add(rule);
        return rules;
    }
}
