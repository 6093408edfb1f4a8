using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Api.Tests.OpenApi;
using Microsoft.Extensions.Time.Testing;

namespace Api.Tests;

/// <summary>Runs a head of the API on a port of the loopback interface and sends requests to it.</summary>
public sealed class ApiApplication : IAsyncDisposable
{
    public const string JwtSecret = "a secret that only these tests know, long enough for any algorithm of the family";

    public const string TokenKeys = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private readonly Lazy<Task<IHead>> head;
    private int isDisposed;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public ApiApplication(ApiFixture fixture, (string Name, string Value)[] settings)
    {
        Data = new TestData(this);
        head = new Lazy<Task<IHead>>(() => Head.StartAsync(Settings(fixture, settings), Time, Log));
    }

    /// <summary>Creates leads and tenants through the API.</summary>
    public TestData Data { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>All logged lines.</summary>
    public LogLines Log { get; } = new();

    /// <summary>Starts the head with the first call, and returns the address on which it listens.</summary>
    public async Task<Uri> AddressAsync() => (await head.Value).Address;

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
        string address = (await AddressAsync()).GetLeftPart(UriPartial.Authority);
        using var request = new HttpRequestMessage(method, address + path) { Content = content };
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await Answer.ReadAsync(response);
        DocumentedAnswers.RequireListed(method, path, answer);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (head.IsValueCreated && Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            await (await head.Value).DisposeAsync();
        }
    }

    private static Dictionary<string, string> Settings(ApiFixture fixture, (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string>
        {
            ["APP_PLANE_BASE_URL"] = "https://{tenant}.app.example.com",
            ["DATABASE_URL"] = fixture.Postgres.FunctionsConnectionString,
            ["JWT_SECRET"] = JwtSecret,
            ["LEADS_RATE_LIMIT"] = "0",
            ["OPERATOR_ISSUER"] = fixture.Realm.Issuer,
            ["TEMPORAL_ADDRESS"] = fixture.Temporal.Address,
            ["TOKEN_KEYS"] = TokenKeys,
        };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return settings;
    }
}
