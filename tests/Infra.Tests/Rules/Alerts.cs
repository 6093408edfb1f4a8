using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Infra.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Worker.Telemetry;

namespace Infra.Tests.Rules;

/// <summary>Alerts name metrics that the worker has, and cover what docs/operations.md says to alert on.</summary>
internal static partial class Alerts
{
    /// <summary>The names of the worker's instruments.</summary>
    public static IReadOnlySet<string> Instruments { get; } = ReadInstruments();

    public static IEnumerable<string> Faults(Deployment deployment)
    {
        string queries = string.Join('\n', deployment.Of("Microsoft.Insights/scheduledQueryRules")
            .Select(rule => rule.Text("properties.criteria.allOf.0.query")));
        var metrics = Metric().Matches(queries).Select(match => match.Groups[1].Value).ToHashSet();
        string operations = Repository.Read("docs", "operations.md");
        return
        [
            .. metrics.Except(Instruments).Select(name => $"the worker has no metric {name}"),
            .. Condition().Matches(operations).Select(match => match.Groups[1].Value).Except(metrics)
                .Select(name => $"no alert on {name} (docs/operations.md)"),
            .. CriticalLine().Matches(operations).Select(match => match.Groups[1].Value)
                .Where(word => !queries.Contains($"\"{word}\"", StringComparison.Ordinal))
                .Select(word => $"no alert on the line {word} (docs/operations.md)"),
            .. from rule in deployment.Of("Microsoft.Insights/scheduledQueryRules")
               where rule.Text("properties.enabled") != "true" || rule.At("properties.actions.actionGroups.0") is null
               select $"{rule.Label()} has no recipient or is off",
        ];
    }

    private static HashSet<string> ReadInstruments()
    {
        var names = new HashSet<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == WorkerMetrics.MeterName)
                {
                    names.Add(instrument.Name);
                }
            },
        };
        listener.Start();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var database = NpgsqlDataSource.Create("Host=localhost");
        var counts = new TenantCounts(
            database, new TelemetryOptions(null, TimeSpan.FromMinutes(30)), TimeProvider.System);
        _ = new WorkerMetrics(services.GetRequiredService<IMeterFactory>(), counts);
        return names;
    }

    [GeneratedRegex("Name == \"([^\"]+)\"")]
    private static partial Regex Metric();

    // A row of the last table begins with its condition; a row of the table of metrics has the name alone in its cell.
    [GeneratedRegex(@"^\| [^|\n]*(?:max\(|growth of `|rate of `)(arc_saas[a-z_.]+)[^|\n]*\|[^|\n]*\|$",
        RegexOptions.Multiline)]
    private static partial Regex Condition();

    [GeneratedRegex(@"^\| `([A-Z_]+) [^|\n]*\| Critical \|", RegexOptions.Multiline)]
    private static partial Regex CriticalLine();
}
