namespace ServiceBus.Tests.Support;

/// <summary>A test with a sentence as its name. A scenario that hangs fails after a minute.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScenarioAttribute : FactAttribute
{
    public ScenarioAttribute(string sentence)
    {
        DisplayName = sentence;
        Timeout = 60_000;
    }
}
