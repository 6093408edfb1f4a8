using System.Text.Json;
using EmbeddedTemporal;
using Functions.Tests;
using Temporalio.Client;
using Temporalio.Converters;
using Testing;

[assembly: AssemblyFixture(typeof(World))]

namespace Functions.Tests;

/// <summary>
/// What all tests share: a database, a Temporal server, the operators' realm, and the functions as most tests want
/// them. Every test makes leads and tenants of its own.
/// </summary>
public sealed class World : IAsyncLifetime
{
    private FunctionsApplication? application;

    public PostgresFixture Postgres { get; } = new();

    public EmbeddedTemporalServer Temporal { get; private set; } = null!;

    public OperatorRealm Realm { get; private set; } = null!;

    /// <summary>Without limits, the token in the answer. Its clock stands still: who moves it makes his own.</summary>
    public FunctionsApplication Application => application!;

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        Temporal = await EmbeddedTemporalServer.StartAsync(
            new EmbeddedTemporalOptions { Namespaces = ["arc-saas"] });
        Realm = await OperatorRealm.StartAsync();
        application = Start();
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

    /// <summary>A client of the Temporal server, as the worker is one.</summary>
    public Task<TemporalClient> TemporalClientAsync() => TemporalClient.ConnectAsync(new(Temporal.Address)
    {
        Namespace = "arc-saas",
        DataConverter = new(
            new DefaultPayloadConverter(new JsonSerializerOptions(JsonSerializerDefaults.Web)),
            new DefaultFailureConverter()),
    });

    /// <summary>The functions with other settings; an empty value takes one away.</summary>
    public FunctionsApplication Start(params (string Name, string Value)[] settings) => new(this, settings);
}
