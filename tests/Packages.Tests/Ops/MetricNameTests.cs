using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Packages.Tests.Ops;

/// <summary>Alert rules, dashboard and documentation use the names of the metrics that the code has.</summary>
public sealed partial class MetricNameTests
{
    private const string Rules = "ops/prometheus-alerts.yaml", Dashboard = "ops/grafana-dashboard.json";

    /// <summary>Kind, name and unit of each instrument of worker and functions.</summary>
    private static readonly (string Kind, string Name, string Unit)[] Instruments =
    [
        .. Read("src/Worker/Telemetry/WorkerMetrics.cs"), .. Read("src/Api/RateLimits/SignUpMetrics.cs"),
        .. Read("src/Api/Audit/Refusals.cs"),
    ];

    [Theory]
    [InlineData(Rules)]
    [InlineData(Dashboard)]
    public void Each_metric_in_ops_exists_in_the_code(string file)
    {
        var used = PrometheusName().Matches(Checkout.Read(file)).Select(match => match.Value).Distinct().ToList();

        Assert.NotEmpty(used);
        Assert.Empty(used.Except(Instruments.SelectMany(PrometheusNames)));
    }

    [Fact]
    public void The_dashboard_shows_every_metric() => Assert.All(
        Instruments,
        instrument => Assert.Contains(
            PrometheusNames(instrument),
            name => Checkout.Read(Dashboard).Contains(name, StringComparison.Ordinal)));

    [Fact]
    public void The_documentation_lists_exactly_the_metrics_of_the_code()
    {
        var documented = DocumentedName().Matches(Checkout.Read("docs/operations.md"))
            .Select(match => match.Groups[1].Value);

        Assert.Equal(
            Instruments.Select(instrument => instrument.Name).Order(),
            documented.Order());
    }

    [Fact]
    public void Each_alert_has_an_expression_a_severity_a_summary_and_a_remedy()
    {
        var file = new DeserializerBuilder().Build()
            .Deserialize<Dictionary<string, List<Dictionary<string, object>>>>(Checkout.Read(Rules));
        var rules = Assert.IsType<List<object>>(Assert.Single(file["groups"])["rules"]);

        Assert.Equal(8, rules.Count);
        Assert.All(rules.Cast<Dictionary<object, object>>(), rule =>
        {
            Assert.NotEmpty($"{rule["expr"]}");
            Assert.NotEmpty($"{((Dictionary<object, object>)rule["labels"])["severity"]}");
            var annotations = (Dictionary<object, object>)rule["annotations"];
            Assert.NotEmpty($"{annotations["summary"]}");
            Assert.NotEmpty($"{annotations["remedy"]}");
        });
    }

    [Fact]
    public void Each_panel_of_the_dashboard_has_a_place_and_a_query_of_its_own()
    {
        using var dashboard = JsonDocument.Parse(Checkout.Read(Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();

        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(
            panels.Count, panels.Select(panel => panel.GetProperty("gridPos").GetRawText()).Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()
            .Select(target => target.GetProperty("expr").GetString()!)));
    }

    private static (string Kind, string Name, string Unit)[] Read(string file) =>
    [
        .. Instrument().Matches(Checkout.Read(file))
            .Select(match => (match.Groups["kind"].Value, match.Groups["name"].Value, match.Groups["unit"].Value)),
    ];

    // The names of the OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility".
    private static IEnumerable<string> PrometheusNames((string Kind, string Name, string Unit) instrument)
    {
        string name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        return instrument.Kind switch
        {
            "Counter" => [$"{name}_total"],
            "Histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    [GeneratedRegex(
        "Create(?:Observable)?(?<kind>Gauge|Counter|Histogram)(?:<\\w+>)?\\("
        + "\"(?<name>[^\"]+)\",[^\"]*\"(?<unit>[^\"]+)\"")]
    private static partial Regex Instrument();

    [GeneratedRegex("arc_saas_[a-z_]+")]
    private static partial Regex PrometheusName();

    [GeneratedRegex(@"^\| `(arc_saas\.[a-z_.]+)` \| (?:gauge|counter|histogram)", RegexOptions.Multiline)]
    private static partial Regex DocumentedName();
}
