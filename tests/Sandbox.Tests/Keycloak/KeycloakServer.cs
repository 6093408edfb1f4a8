using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Testing;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// The server under test: the sandbox's, or a real one (<see cref="ContractServers"/>). Both must pass the same
/// contract tests.
/// </summary>
public sealed class KeycloakServer : IAsyncLifetime
{
    // No connection reuse: a real server sometimes closes an idle connection just when it is reused.
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        // A delayed body is sent when the server asks for it, not after a time.
        Expect100ContinueTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionLifetime = TimeSpan.Zero,
        UseCookies = false,
    });
    private readonly List<string> realms = [];

    public KeycloakServer(SandboxFixture sandbox)
        : this(ContractServers.Keycloak ?? sandbox.Sandbox.Keycloak!)
    {
    }

    internal KeycloakServer(Uri address) => Address = address;

    public Uri Address { get; }

    public static string AdminUsername => ContractServers.KeycloakUsername;

    public static string AdminPassword => ContractServers.KeycloakPassword;

    /// <summary>The address of a realm, which is the issuer of its tokens.</summary>
    public string Issuer(string realm) => $"{Address.GetLeftPart(UriPartial.Authority)}/realms/{realm}";

    public static string UniqueName() => SandboxFixture.UniqueKey();

    public Task<KeycloakResponse> GetAsync(string path, string? token = null) =>
        SendAsync(HttpMethod.Get, path, null, token);

    public Task<KeycloakResponse> PostAsync(string path, string json, string? token = null) =>
        SendAsync(HttpMethod.Post, path, json, token);

    /// <summary>
    /// Grants roles to a user and retries once after a 500. While its caches are cold, the real server sometimes
    /// answers 500 (a NullPointerException in CachedRole.isComposite): it has granted nothing, and a second call
    /// succeeds.
    /// </summary>
    public async Task<KeycloakResponse> GrantRolesAsync(string path, string roles, string token)
    {
        var response = await PostAsync(path, roles, token);
        return response.Status == 500 ? await PostAsync(path, roles, token) : response;
    }

    public Task<KeycloakResponse> PutAsync(string path, string json, string? token = null) =>
        SendAsync(HttpMethod.Put, path, json, token);

    /// <summary>Sends a request, and its body only after <paramref name="beforeBody"/>.</summary>
    public Task<KeycloakResponse> SendDelayedAsync(
        HttpMethod method, string path, string json, string token, Func<Task> beforeBody)
    {
        var body = new StringContent(json, Encoding.UTF8, "application/json");
        var request = DelayedContent.Request(method, new Uri(Address, path), body, beforeBody);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return SendAsync(request);
    }

    public Task<KeycloakResponse> DeleteAsync(string path, string? token = null) =>
        SendAsync(HttpMethod.Delete, path, null, token);

    public Task<KeycloakResponse> SendAsync(HttpMethod method, string path, string? json, string? token)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, path));
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return SendAsync(request);
    }

    public async Task<KeycloakResponse> SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await http.SendAsync(request))
            return new KeycloakResponse(response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends the form fields to the token endpoint.</summary>
    public Task<KeycloakResponse> RequestTokenAsync(string realm, params (string Name, string Value)[] form)
    {
        var address = $"{Issuer(realm)}/protocol/openid-connect/token";
        var fields = form.Select(field => KeyValuePair.Create(field.Name, field.Value));
        return SendAsync(
            new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields) });
    }

    public Task<KeycloakResponse> PasswordAsync(
        string realm, string client, string username, string password, string? scope = null) =>
        RequestTokenAsync(realm,
            [("grant_type", "password"), ("client_id", client), ("username", username), ("password", password),
            .. scope is null ? Array.Empty<(string, string)>() : [("scope", scope)]]);

    public Task<KeycloakResponse> ClientCredentialsAsync(string realm, string client, string secret) =>
        RequestTokenAsync(
            realm, ("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret));

    public async Task<string> GetAdminTokenAsync() =>
        (await PasswordAsync("master", "admin-cli", AdminUsername, AdminPassword)).AccessToken;

    /// <summary>
    /// Creates a realm with a unique name, which replaces {0} in <paramref name="content"/>, and returns the name. The
    /// realm is deleted at the end unless <paramref name="deleteAtEnd"/> is false.
    /// </summary>
    public async Task<string> CreateRealmAsync(
        string content = """{"realm":"{0}","enabled":true}""", bool deleteAtEnd = true)
    {
        var name = UniqueName();
        var response = await PostAsync("/admin/realms", content.Replace("{0}", name, StringComparison.Ordinal),
            await GetAdminTokenAsync());
        Assert.Equal(201, response.Status);
        lock (realms)
            realms.AddRange(deleteAtEnd ? [name] : []);
        return name;
    }

    /// <summary>Returns the only client, user, … that the query of a collection finds.</summary>
    public async Task<JsonNode> FindSingleAsync(string path, string? token = null)
    {
        var found = await GetAsync(path, token ?? await GetAdminTokenAsync());
        return Assert.Single(found.Json.AsArray())!;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var realm in realms)
            await DeleteAsync($"/admin/realms/{realm}", await GetAdminTokenAsync());
        http.Dispose();
    }
}
