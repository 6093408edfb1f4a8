using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>A rule about a deployment. It returns one sentence for each fault.</summary>
public sealed record Rule(string Name, Func<Deployment, IEnumerable<string>> Faults)
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("transport", Transport.Faults),
        new("public access", PublicAccess.Faults),
        new("identities", Identities.Faults),
        new("secrets", Secrets.Faults),
        new("roles", Roles.Faults),
        new("settings", Settings.Faults),
        new("readers", Readers.Faults),
        new("worker", WorkerApp.Faults),
        new("gateway", Gateway.Faults),
        new("alerts", Alerts.Faults),
    ];

    public override string ToString() => Name;
}
