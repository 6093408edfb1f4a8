namespace Sandbox.Tests.Keycloak;

/// <summary>
/// A client of master whose service account may create realms, like the client that the product's setup creates.
/// </summary>
internal sealed class RealmCreator : IAsyncDisposable
{
    public const string Secret = "s3cret + more";

    private readonly KeycloakServer server;
    private readonly string id;

    private RealmCreator(KeycloakServer server, string clientId, string id)
    {
        this.server = server;
        this.id = id;
        ClientId = clientId;
    }

    public string ClientId { get; }

    public static async Task<RealmCreator> CreateAsync(KeycloakServer server, bool lightweight, bool fullScope = true)
    {
        var token = await server.GetAdminTokenAsync();
        var name = KeycloakServer.UniqueName();
        var client = await server.PostAsync("/admin/realms/master/clients", $$$"""
            {"clientId":"{{{name}}}","secret":"{{{Secret}}}","serviceAccountsEnabled":true,"standardFlowEnabled":false,
             "fullScopeAllowed":{{{(fullScope ? "true" : "false")}}},
             "attributes":{"client.use.lightweight.access.token.enabled":"{{{(lightweight ? "true" : "false")}}}"}}
            """, token);
        Assert.Equal(201, client.Status);
        var user = await server.GetAsync($"/admin/realms/master/clients/{client.Id}/service-account-user", token);
        var role = await server.GetAsync("/admin/realms/master/roles/create-realm", token);
        var mappings = $"/admin/realms/master/users/{user.Json["id"]}/role-mappings/realm";
        var mapped = await server.GrantRolesAsync(mappings, $"[{role.Text}]", token);
        mapped.Is(204);
        return new RealmCreator(server, name, client.Id);
    }

    public async Task<string> GetTokenAsync() =>
        (await server.ClientCredentialsAsync("master", ClientId, Secret)).AccessToken;

    public async ValueTask DisposeAsync() =>
        await server.DeleteAsync($"/admin/realms/master/clients/{id}", await server.GetAdminTokenAsync());
}
