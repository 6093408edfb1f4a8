using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Architecture.Tests;

public sealed class EventIdTests
{
    [Fact]
    public void Two_log_messages_never_share_an_event_id()
    {
        var messages = Assemblies.Product
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
                | BindingFlags.DeclaredOnly))
            .Select(method => (
                Name: $"{method.DeclaringType}.{method.Name}",
                method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(message => message.EventId is not null)
            .ToList();

        var shared = messages.GroupBy(message => message.EventId, message => message.Name)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group)}")
            .ToList();

        Assert.NotEmpty(messages);
        // Assert.Empty would cut the names.
        Assert.True(shared.Count == 0, string.Join('\n', shared));
    }
}
