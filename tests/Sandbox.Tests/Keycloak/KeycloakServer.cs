using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Testing;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// The server that the contract tests talk to: the sandbox's, or a real one (<see cref="ContractServers"/>). What the
/// tests expect holds for both.
/// </summary>
public sealed class KeycloakServer : IAsyncLifetime
{
    // No connection is kept: a real server closes one now and then just as it is used again.
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
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

    /// <summary>The address of a realm, and so the issuer of its tokens.</summary>
    public string Issuer(string realm) => $"{Address.GetLeftPart(UriPartial.Authority)}/realms/{realm}";

    public static string UniqueName() => SandboxFixture.UniqueKey();

    public Task<Answer> GetAsync(string path, string? token = null) => SendAsync(HttpMethod.Get, path, null, token);

    public Task<Answer> PostAsync(string path, string json, string? token = null) =>
        SendAsync(HttpMethod.Post, path, json, token);

    /// <summary>
    /// Roles to a user. The real server answers 500 now and then (a NullPointerException of CachedRole.isComposite
    /// while its caches are cold): it grants nothing then, and the same call again succeeds.
    /// </summary>
    public async Task<Answer> GrantAsync(string path, string roles, string token)
    {
        var answer = await PostAsync(path, roles, token);
        return answer.Status == 500 ? await PostAsync(path, roles, token) : answer;
    }

    public Task<Answer> PutAsync(string path, string json, string? token = null) =>
        SendAsync(HttpMethod.Put, path, json, token);

    /// <summary>A PUT whose body is sent after something else happened.</summary>
    public Task<Answer> PutLateAsync(string path, string json, string token, Func<Task> before)
    {
        var request = LateContent.Request(
            HttpMethod.Put, new Uri(Address, path), new StringContent(json, Encoding.UTF8, "application/json"), before);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return SendAsync(request);
    }

    public Task<Answer> DeleteAsync(string path, string? token = null) =>
        SendAsync(HttpMethod.Delete, path, null, token);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? json, string? token)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, path));
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await http.SendAsync(request))
            return new Answer(response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The token endpoint's answer to these form fields.</summary>
    public Task<Answer> TokenAsync(string realm, params (string Name, string Value)[] form)
    {
        var address = $"{Issuer(realm)}/protocol/openid-connect/token";
        var fields = form.Select(field => KeyValuePair.Create(field.Name, field.Value));
        return SendAsync(
            new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields) });
    }

    public Task<Answer> PasswordAsync(
        string realm, string client, string username, string password, string? scope = null) =>
        TokenAsync(realm,
            [("grant_type", "password"), ("client_id", client), ("username", username), ("password", password),
            .. scope is null ? Array.Empty<(string, string)>() : [("scope", scope)]]);

    public Task<Answer> ClientCredentialsAsync(string realm, string client, string secret) => TokenAsync(
        realm, ("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret));

    public async Task<string> AdminTokenAsync() =>
        (await PasswordAsync("master", "admin-cli", AdminUsername, AdminPassword)).AccessToken;

    /// <summary>
    /// A realm of its own for a test, deleted at the end unless it is to be forgotten; {0} in
    /// <paramref name="content"/> is its name.
    /// </summary>
    public async Task<string> NewRealmAsync(string content = """{"realm":"{0}","enabled":true}""", bool forget = false)
    {
        var name = UniqueName();
        var answer = await PostAsync("/admin/realms", content.Replace("{0}", name, StringComparison.Ordinal),
            await AdminTokenAsync());
        Assert.Equal(201, answer.Status);
        lock (realms)
            realms.AddRange(forget ? [] : [name]);
        return name;
    }

    /// <summary>The one client, user, … that the search of a collection finds.</summary>
    public async Task<JsonNode> FindAsync(string path, string? token = null)
    {
        var found = await GetAsync(path, token ?? await AdminTokenAsync());
        return Assert.Single(found.Json.AsArray())!;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var realm in realms)
            await DeleteAsync($"/admin/realms/{realm}", await AdminTokenAsync());
        http.Dispose();
    }
}
