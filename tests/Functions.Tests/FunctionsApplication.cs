using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Functions.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Functions.Tests;

/// <summary>Runs the functions on a real port of the loopback interface and sends requests to them.</summary>
public sealed class FunctionsApplication : WebApplicationFactory<AboutResponse>
{
    public const string JwtSecret = "a secret that only these tests know, long enough for any algorithm of the family";

    public const string TokenKeys = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private readonly FunctionsFixture fixture;
    private readonly (string Name, string Value)[] settings;
    private HttpClient? client;

    public FunctionsApplication(FunctionsFixture fixture, (string Name, string Value)[] settings)
    {
        this.fixture = fixture;
        this.settings = settings;
        // The port comes from the PORT setting: a port that is set here would compete with it.
        UseKestrel(_ => { });
        Data = new TestData(this);
    }

    /// <summary>Creates leads and tenants through the API.</summary>
    public TestData Data { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>All logged lines.</summary>
    public LogLines Log { get; } = new();

    /// <summary>The address on which the application listens.</summary>
    public Uri Address => Http.BaseAddress!;

    private HttpClient Http
    {
        get
        {
            if (client is null)
            {
                StartServer();
                client = CreateClient();
            }

            return client;
        }
    }

    /// <param name="body">The body: an object is sent as JSON, text unchanged.</param>
    public Task<Answer> PostAsync(string path, object? body = null, string? bearer = null, string? mediaType = null) =>
        SendAsync(HttpMethod.Post, path, bearer, body switch
        {
            null => null,
            string text => new StringContent(text, Encoding.UTF8, mediaType ?? "application/json"),
            HttpContent content => content,
            _ => JsonContent.Create(body),
        });

    public Task<Answer> GetAsync(string path, string? bearer = null) =>
        SendAsync(HttpMethod.Get, path, bearer, null);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? bearer, HttpContent? content,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        foreach (var (name, value) in Defaults().Concat(settings))
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log));
        builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(Time));
    }

    private IEnumerable<(string Name, string Value)> Defaults() =>
    [
        ("DATABASE_URL", fixture.Postgres.FunctionsConnectionString),
        ("JWT_SECRET", JwtSecret),
        ("LEADS_RATE_LIMIT", "0"),
        ("PORT", "0"),
        ("OPERATOR_ISSUER", fixture.Realm.Issuer),
        ("TEMPORAL_ADDRESS", fixture.Temporal.Address),
        ("TOKEN_KEYS", TokenKeys),
    ];
}
