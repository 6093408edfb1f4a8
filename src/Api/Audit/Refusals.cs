using System.Diagnostics.Metrics;
using Api.Http;

namespace Api.Audit;

/// <summary>
/// Counts refused calls (401, 403, 429) and logs one line for each network and minute. The memory is bounded: beyond
/// <see cref="MaxNetworks"/> networks in a minute, further ones are counted in one line.
/// </summary>
public sealed partial class Refusals
{
    public const string MeterName = "arc-saas.http";
    public const int MaxNetworks = 10_000;

    private const string Others = "(further networks)";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock sync = new();
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);
    private readonly TimeProvider time;
    private readonly ILogger<Refusals> logger;
    private readonly Counter<long> counter;

    public Refusals(IMeterFactory meters, TimeProvider time, ILogger<Refusals> logger)
    {
        (this.time, this.logger) = (time, logger);
        counter = meters.Create(MeterName).CreateCounter<long>("arc_saas.http.refusals", "{call}",
            "Calls that were refused: without a valid token, without the role, or above a rate limit.");
    }

    /// <param name="status">The status of the answer.</param>
    /// <param name="code">The code of its problem details.</param>
    /// <param name="route">The method and the route, without values.</param>
    /// <param name="network">The caller's network.</param>
    public void Add(int status, string code, string route, string network)
    {
        counter.Add(1, new("status", status), new("code", code), new("route", route));
        if (Count(ref network) is { } more)
        {
            LogRefused(status, code, route, network, more);
        }
    }

    internal static bool Covers(Problem problem) => problem.Status is 401 or 403 or 429;

    // Returns the refusals since the network's last line, or null within a minute after it.
    private long? Count(ref string network)
    {
        var now = time.GetUtcNow();
        lock (sync)
        {
            if (!lines.ContainsKey(network) && lines.Count >= MaxNetworks && !EvictEnded(now))
            {
                network = Others;
            }

            var line = lines.GetValueOrDefault(network);
            if (line.EndsAt > now)
            {
                lines[network] = line with { More = line.More + 1 };
                return null;
            }

            lines[network] = new Line(now + Interval, 0);
            return line.More;
        }
    }

    private bool EvictEnded(DateTimeOffset now)
    {
        foreach (string ended in lines.Where(pair => pair.Value.EndsAt <= now).Select(pair => pair.Key).ToList())
        {
            lines.Remove(ended);
        }

        return lines.Count < MaxNetworks;
    }

    [LoggerMessage(12, LogLevel.Warning,
        "Refused: {Status} {Code}, {Route}, network {Network}; {More} more from it since its last line")]
    private partial void LogRefused(int status, string code, string route, string network, long more);

    private readonly record struct Line(DateTimeOffset EndsAt, long More);
}
