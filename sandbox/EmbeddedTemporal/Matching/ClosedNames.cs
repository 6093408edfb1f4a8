namespace EmbeddedTemporal.Matching;

/// <summary>The sticky queues of workers that shut down, for as long as a late poll can arrive.</summary>
internal sealed class ClosedNames(Func<DateTimeOffset> now)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(string Namespace, string Name), DateTimeOffset> closedAt = [];

    public bool Contains((string Namespace, string Name) queue) => closedAt.ContainsKey(queue);

    public void Add((string Namespace, string Name) queue)
    {
        var oldest = now() - Lifetime;
        foreach (var old in closedAt.Where(entry => entry.Value < oldest).Select(entry => entry.Key).ToList())
            closedAt.Remove(old);
        closedAt[queue] = now();
    }
}
