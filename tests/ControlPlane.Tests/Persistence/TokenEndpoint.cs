using System.Globalization;
using ControlPlane.Persistence.Entra;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ControlPlane.Tests.Persistence;

/// <summary>
/// The three token endpoints on the loopback interface. They refuse what the real ones refuse: another method, a
/// missing or wrong header, an old or missing version, an unknown resource, an identity that is not assigned.
/// </summary>
public sealed class TokenEndpoint : IAsyncDisposable
{
    public const string ClientId = "5e29463d-71da-4fe0-8e69-999b57db23b0";
    public const string Header = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";

    private readonly WebApplication server;
    private int requestCount;

    private TokenEndpoint(WebApplication server) => this.server = server;

    public Uri Address { get; private set; } = null!;

    /// <summary>The token that is issued next.</summary>
    public string Token { get; set; } = "token-1";

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The federated token that Microsoft Entra accepts.</summary>
    public string Assertion { get; set; } = "federated-1";

    /// <summary>An answer that replaces the token; null: the token.</summary>
    public (int Status, string Body)? Override { get; set; }

    public string? RetryAfter { get; set; }

    /// <summary>The task that an answer awaits.</summary>
    public Task BeforeAnswer { get; set; } = Task.CompletedTask;

    public int RequestCount => requestCount;

    public static async Task<TokenEndpoint> StartAsync(DateTimeOffset now)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var endpoint = new TokenEndpoint(server) { ExpiresAt = now.AddHours(1) };
        server.Run(endpoint.AnswerAsync);
        await server.StartAsync();
        endpoint.Address = new Uri(server.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single());
        return endpoint;
    }

    public EntraOptions App(string? clientId = ClientId, string header = Header) =>
        new(EntraSource.App, new Uri(Address, "msi/token"), clientId, header);

    public EntraOptions Machine() =>
        new(EntraSource.Machine, new Uri(Address, "metadata/identity/oauth2/token"), ClientId, null);

    public EntraOptions Workload(string file) =>
        new(EntraSource.Workload, new Uri(Address, "tenant-1/oauth2/v2.0/token"), ClientId, file);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref requestCount);
        await BeforeAnswer;
        if (RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds;
        }

        var (status, body) = Override ?? context.Request.Path.Value switch
        {
            "/msi/token" => AppAnswer(context.Request),
            "/metadata/identity/oauth2/token" => MachineAnswer(context.Request),
            "/tenant-1/oauth2/v2.0/token" => WorkloadAnswer(context.Request, await ReadFormAsync(context.Request)),
            _ => (404, ""),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(body);
    }

    private (int, string) AppAnswer(HttpRequest request) =>
        request.Headers["X-IDENTITY-HEADER"] != Header ? (401, """{"statusCode":401,"message":"Unauthorized"}""")
        : FaultOf(request, "2019-08-01") is { } fault ? (400, $$"""{"statusCode":400,"message":"{{fault}}"}""")
        : (200, IdentityToken());

    private (int, string) MachineAnswer(HttpRequest request) =>
        (request.Headers["Metadata"] != "true" ? "Required metadata header not specified"
            : request.Headers.ContainsKey("X-Forwarded-For") ? "Forwarded requests are not allowed"
            : FaultOf(request, "2018-02-01")) is { } fault
            ? (400, $$"""{"error":"invalid_request","error_description":"{{fault}}"}""")
            : (200, IdentityToken());

    private (int, string) WorkloadAnswer(HttpRequest request, IFormCollection form) =>
        request.Method == "POST" && form["grant_type"] == "client_credentials" && form["client_id"] == ClientId
        && form["scope"] == "https://ossrdbms-aad.database.windows.net/.default"
        && form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        && form["client_assertion"] == Assertion
            ? (200, $$"""{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"{{Token}}"}""")
            : (401, """{"error":"invalid_client","error_description":"AADSTS70021: No match.\r\nTrace ID: 1"}""");

    private static string? FaultOf(HttpRequest request, string lowestVersion) =>
        request.Method != "GET" ? "Method not allowed"
        : string.CompareOrdinal(request.Query["api-version"], lowestVersion) < 0 ? "Unsupported api-version"
        : request.Query["resource"] != "https://ossrdbms-aad.database.windows.net" ? "Unknown resource"
        : request.Query["client_id"] != ClientId ? "Identity not found"
        : null;

    // The numbers are text, as in the documentation.
    private string IdentityToken()
    {
        string until = ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $$"""{"access_token":"{{Token}}","expires_on":"{{until}}","token_type":"Bearer","client_id":"x"}""";
    }

    private static async Task<IFormCollection> ReadFormAsync(HttpRequest request) =>
        request.HasFormContentType ? await request.ReadFormAsync() : FormCollection.Empty;
}
