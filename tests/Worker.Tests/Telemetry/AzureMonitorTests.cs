using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using ControlPlane.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Npgsql;
using OpenTelemetry.Metrics;
using Worker.Telemetry;

namespace Worker.Tests.Telemetry;

public sealed class AzureMonitorTests
{
    private const string Key = "InstrumentationKey=00000000-0000-0000-0000-000000000001";

    [Fact]
    public async Task Application_Insights_receives_the_metrics_by_their_names()
    {
        using var ingestion = new HttpListener();
        string address = $"http://127.0.0.1:{FreePort()}/";
        ingestion.Prefixes.Add(address);
        ingestion.Start();
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(NpgsqlDataSource.Create("Host=127.0.0.1;Port=9;Timeout=1"))
            .AddTelemetry(Reader(("APPLICATIONINSIGHTS_CONNECTION_STRING", $"{Key};IngestionEndpoint={address}")))
            .BuildServiceProvider();
        var metrics = services.GetRequiredService<MeterProvider>();
        services.GetRequiredService<WorkerMetrics>().StepFailed("create-idp", false, "refused", isFinal: true);

        var flush = Task.Run(() => metrics.ForceFlush(20_000));
        string sent = await ReceiveAsync(ingestion);

        Assert.Contains("\"name\":\"arc_saas.step.failures\"", sent, StringComparison.Ordinal);
        Assert.Contains("\"final\":\"True\"", sent, StringComparison.OrdinalIgnoreCase);
        await flush.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void With_Entra_the_endpoint_of_the_identity_issues_the_tokens() => Assert.Equal(
        new EntraOptions(EntraSource.App, new("http://localhost:42356/msi/token"), "client-1", "header-1"),
        AzureMonitorOptions.Find(Reader(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", Key),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=client-1;Authorization=AAD"),
            ("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token"), ("IDENTITY_HEADER", "header-1"),
            ("AZURE_CLIENT_ID", "client-1")))!.Entra);

    [Theory]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "secret")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "secret")]
    public void A_malformed_value_is_refused_and_not_shown(string name, string value)
    {
        var error = Assert.Throws<SettingException>(() => AzureMonitorOptions.Find(Reader(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", Key), (name, value))));

        Assert.Equal(name, error.Name);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ReceiveAsync(HttpListener ingestion)
    {
        var call = await ingestion.GetContextAsync()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var body = call.Request.InputStream;
        using var reader = new StreamReader(call.Request.Headers["Content-Encoding"] == "gzip"
            ? new GZipStream(body, CompressionMode.Decompress)
            : body);
        string text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        call.Response.Close("""{"itemsReceived":1,"itemsAccepted":1,"errors":[]}"""u8.ToArray(), willBlock: false);
        return text;
    }

    private static SettingsReader Reader(params (string Name, string? Value)[] values) => new(
        new ConfigurationBuilder().AddInMemoryCollection(values.GroupBy(value => value.Name)
            .Select(same => KeyValuePair.Create(same.Key, same.Last().Value))).Build(),
        new HostingEnvironment());

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
