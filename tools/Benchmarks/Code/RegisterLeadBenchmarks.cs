using BenchmarkDotNet.Attributes;
using ControlPlane;
using ControlPlane.Leads;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Testing;

namespace Benchmarks.Code;

/// <summary>Measures a sign-up, from the input fields to the row in PostgreSQL and the token.</summary>
[MemoryDiagnoser]
public class RegisterLeadBenchmarks : IAsyncDisposable
{
    private static readonly RegisterLeadCommand SignUp =
        new("admin@newcompany.com", "John", "Doe", "New Company Inc", new RegisterLeadAddress("US"));

    private readonly PostgresFixture postgres = new();
    private IHost host = null!;
    private RegisterLead register = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        await postgres.InitializeAsync();
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = postgres.FunctionsConnectionString,
            ["LEAD_TOKEN_DELIVERY"] = "response",
            ["TOKEN_KEYS"] = $"k1:{Convert.ToBase64String(new byte[32])}",
        });
        builder.Services.AddControlPlane();
        host = builder.Build();
        register = host.Services.GetRequiredService<RegisterLead>();
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        await postgres.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public Task<RegisteredLead> Register() => register.ExecuteAsync(
        SignUp, (_, _) => ValueTask.FromResult(true), CancellationToken.None);
}
