using System.Security.Cryptography;
using ControlPlane;
using ControlPlane.Settings;
using Infra.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Worker.Hosting;

namespace Infra.Tests.Rules;

/// <summary>
/// The processes' own code reads the settings, as Production, and stops at none. Secrets and values that only Azure
/// knows have stand-ins.
/// </summary>
internal static class Readers
{
    private static readonly Dictionary<string, string> StandIns = new()
    {
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "InstrumentationKey=00000000-0000-4000-8000-000000000001",
        ["AZURE_CLIENT_ID"] = "00000000-0000-4000-8000-000000000002",
        ["DB_DATABASE"] = "control_plane",
        ["DB_HOST"] = "database.example.com",
        ["INVITATION_PRIVATE_KEY"] = PrivateKey(rsa => Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())),
        ["PAYLOAD_KEYS"] = KeyList(),
        ["PUBLIC_BASE_URL"] = "https://api.example.com",
        ["TEMPORAL_TLS_CLIENT_CERT_DATA"] = PemEncoding.WriteString("CERTIFICATE", [1, 2, 3]),
        ["TEMPORAL_TLS_CLIENT_KEY_DATA"] = PrivateKey(rsa => rsa.ExportPkcs8PrivateKeyPem()),
        ["TENANT_DATABASE_URL"] = "postgres://worker@database.example.com:5432/tenants",
        ["TOKEN_KEYS"] = KeyList(),
    };

    public static IEnumerable<string> Faults(Deployment deployment) =>
    [
        .. FaultsOf("worker", () => WorkerHost.CreateBuilder(new HostApplicationBuilderSettings
        {
            Configuration = Values(Process.Worker(deployment)),
            EnvironmentName = Environments.Production,
        }).AddWorker()),
        .. FaultsOfHttp(Process.Http(deployment)),
    ];

    private static List<string> FaultsOfHttp(Process process)
    {
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(Values(process))
            .AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = Environments.Production })
            .AddControlPlane()
            .BuildServiceProvider();
        return [.. services.GetServices<SettingProbe>()
            .SelectMany(probe => FaultsOf(process.Name, () => probe.Read(services))).Distinct()];
    }

    private static List<string> FaultsOf(string process, Action read)
    {
        try
        {
            read();
            return [];
        }
        catch (SettingException e)
        {
            return [$"{process} stops: {e.Message}"];
        }
    }

    private static ConfigurationManager Values(Process process)
    {
        var values = new ConfigurationManager();
        values.AddInMemoryCollection(process.Settings.Select(setting => KeyValuePair.Create(
            setting.Key, (string?)(setting.Value.StartsWith('[') ? StandIn(setting.Key) : setting.Value))));
        values.AddInMemoryCollection(process.Secrets.Keys.Select(name => KeyValuePair.Create(name, StandIn(name))));
        values.AddInMemoryCollection(
            [new("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token"), new("IDENTITY_HEADER", "stand-in")]);
        return values;
    }

    private static string? StandIn(string name) => StandIns.GetValueOrDefault(name, "stand-in");

    private static string KeyList() => $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static string PrivateKey(Func<RSA, string> export)
    {
        using var rsa = RSA.Create(2048);
        return export(rsa);
    }
}
