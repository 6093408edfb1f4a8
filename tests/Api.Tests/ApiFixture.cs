using System.Text.Json;
using Api.Tests;
using EmbeddedTemporal;
using Temporalio.Client;
using Temporalio.Converters;
using Testing;

[assembly: AssemblyFixture(typeof(ApiFixture))]

namespace Api.Tests;

/// <summary>
/// The fixture of all tests: a database, a Temporal server, the operators' realm and an application with default
/// settings. Every test creates its own leads and tenants.
/// </summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private ApiApplication? application;

    public PostgresFixture Postgres { get; } = new();

    public EmbeddedTemporalServer Temporal { get; private set; } = null!;

    public OperatorRealm Realm { get; private set; } = null!;

    /// <summary>
    /// The shared application: no rate limits, tokens in answers, a stopped clock. A test that advances the clock must
    /// start a separate application.
    /// </summary>
    public ApiApplication Application => application!;

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        Temporal = await EmbeddedTemporalServer.StartAsync(
            new EmbeddedTemporalOptions { Namespaces = ["arc-saas"] });
        Realm = await OperatorRealm.StartAsync();
        application = StartApplication();
    }

    public async ValueTask DisposeAsync()
    {
        if (application is not null)
        {
            await application.DisposeAsync();
            await Realm.DisposeAsync();
            await Temporal.DisposeAsync();
        }

        await Postgres.DisposeAsync();
    }

    /// <summary>Connects to the Temporal server with the worker's data converter.</summary>
    public Task<TemporalClient> ConnectTemporalAsync() => TemporalClient.ConnectAsync(new(Temporal.Address)
    {
        Namespace = "arc-saas",
        DataConverter = new(
            new DefaultPayloadConverter(new JsonSerializerOptions(JsonSerializerDefaults.Web)),
            new DefaultFailureConverter()),
    });

    /// <summary>Starts an application with changed settings; an empty value removes a setting.</summary>
    public ApiApplication StartApplication(params (string Name, string Value)[] settings) => new(this, settings);
}
