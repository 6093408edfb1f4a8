using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Infra.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Worker.Hosting;

namespace Infra.Tests.Rules;

/// <summary>A worker always runs, is probed, and has time for its longest call when it stops.</summary>
internal static class WorkerApp
{
    /// <summary>The longest timeout of one call to an outside system.</summary>
    public static TimeSpan LongestCall { get; } = typeof(WorkerHost).Assembly.GetTypes()
        .Select(type => type.GetField("CallTimeout", BindingFlags.Static | BindingFlags.Public))
        .Where(field => field?.FieldType == typeof(TimeSpan))
        .Max(field => (TimeSpan)field!.GetValue(null)!);

    public static IEnumerable<string> Faults(Deployment deployment)
    {
        var app = deployment.One("Microsoft.App/containerApps", "-worker");
        var grace = TimeSpan.FromSeconds(Number(app, "properties.template.terminationGracePeriodSeconds"));
        if (grace <= LongestCall || grace <= ShutdownTimeout())
        {
            yield return $"the worker has {grace.TotalSeconds} seconds to stop; its longest call takes "
                + $"{LongestCall.TotalSeconds}, its host {ShutdownTimeout().TotalSeconds}";
        }

        if (Number(app, "properties.template.scale.minReplicas") < 1)
        {
            yield return "the worker scales to zero: no workflow would run";
        }

        string port = Process.Worker(deployment).Settings.GetValueOrDefault("HEALTH_PORT", "none");
        var probes = app.At("properties.template.containers.0.probes")?.AsArray() ?? [];
        foreach (var (type, path) in new[] { ("Liveness", "/health/live"), ("Readiness", "/health/ready") })
        {
            if (!probes.Any(probe => probe!.Text("type") == type && probe!.Text("httpGet.path") == path
                && probe!.Text("httpGet.port") == port))
            {
                yield return $"the worker has no probe {type} of {path} on HEALTH_PORT ({port})";
            }
        }

        foreach (string fault in FaultsOfScaling(deployment, app))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> FaultsOfScaling(Deployment deployment, JsonNode app)
    {
        var settings = Process.Worker(deployment).Settings;
        return (app.At("properties.template.scale.rules")?.AsArray() ?? []).SelectMany(rule => rule!.MustBe(
            ("custom.type", "temporal"),
            ("custom.metadata.endpoint", settings["TEMPORAL_ADDRESS"]),
            ("custom.metadata.namespace", settings["TEMPORAL_NAMESPACE"]),
            ("custom.metadata.taskQueue", settings["TEMPORAL_TASK_QUEUE"])));
    }

    private static int Number(JsonNode node, string path) =>
        int.TryParse(node.Text(path), CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static TimeSpan ShutdownTimeout()
    {
        var values = new ConfigurationManager();
        values.AddInMemoryCollection(
        [
            new("INSTALLATION_ID", "00000000-0000-4000-8000-000000000001"), new("TEMPORAL_ADDRESS", "localhost:7233"),
            new("DATABASE_URL", "postgres://worker@localhost/control_plane"),
        ]);
        using var host = WorkerHost.CreateBuilder(new HostApplicationBuilderSettings
        {
            Configuration = values,
            EnvironmentName = Environments.Development,
        }).AddWorker().Build();
        return host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }
}
