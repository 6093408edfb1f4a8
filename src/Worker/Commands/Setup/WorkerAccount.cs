using Worker.Keycloak;

namespace Worker.Commands.Setup;

/// <summary>
/// The worker's service account: it may create realms (and then rules those it made), nothing else. Lightweight tokens
/// with full scope: an ordinary token grows with each realm until every call is refused for its size (keycloak#25498).
/// </summary>
internal sealed class WorkerAccount(KeycloakAdmin keycloak, string realm, Guid installation)
{
    public const string ClientId = "arc-saas-worker";

    private const string Mark = "arc-saas.installation";

    /// <returns>The client's secret, and whether the client was made now.</returns>
    /// <exception cref="CommandException">Another installation's worker has this client.</exception>
    public async Task<(string Secret, bool Made)> EnsureAsync(CancellationToken cancellation)
    {
        var client = await keycloak.FindClientAsync(realm, ClientId, cancellation);
        bool isNew = client is null;
        if (isNew)
        {
            await keycloak.CreateClientAsync(realm, Wanted(), cancellation);
            client = await keycloak.FindClientAsync(realm, ClientId, cancellation);
        }
        else if (client!.Attributes?.GetValueOrDefault(Mark) is { } owner && owner != installation.ToString("D"))
        {
            throw new CommandException(
                $"The client {ClientId} in Keycloak's realm '{realm}' belongs to the installation {owner}; nothing was "
                + "touched. Is INSTALLATION_ID the right one?");
        }

        var user = await keycloak.ServiceAccountUserAsync(realm, client!.Id!, cancellation);
        await keycloak.GrantRealmRolesAsync(realm, user.Id!, ["create-realm"], cancellation);
        string secret = await keycloak.ClientSecretAsync(realm, client.Id!, cancellation)
            ?? throw new CommandException($"Keycloak shows no secret of {ClientId}; is it a public client now?");
        return (secret, isNew);
    }

    private ClientRepresentation Wanted() => new()
    {
        ClientId = ClientId,
        Name = "Control plane worker",
        Protocol = "openid-connect",
        Enabled = true,
        PublicClient = false,
        StandardFlowEnabled = false,
        ImplicitFlowEnabled = false,
        DirectAccessGrantsEnabled = false,
        ServiceAccountsEnabled = true,
        FullScopeAllowed = true,
        Attributes = new Dictionary<string, string>
        {
            ["client.use.lightweight.access.token.enabled"] = "true",
            [Mark] = installation.ToString("D"),
        },
    };
}
