using ControlPlane.Settings;
using Worker.Commands;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The worker's service account: it may create realms (and then rules those it made), nothing else. Lightweight tokens
/// with full scope: an ordinary token grows with each realm until every call is refused for its size (keycloak#25498).
/// </summary>
internal sealed class WorkerAccount(KeycloakAdmin keycloak, string realm, string clientId, Guid installation)
{
    public const string NameSetting = "KEYCLOAK_WORKER_CLIENT_ID", DefaultName = "arc-saas-worker";

    private const string Mark = "arc-saas.installation";

    /// <summary>Of its client: installations that share a Keycloak have an account each.</summary>
    public static string Name(SettingsReader settings) => settings.Text(NameSetting, DefaultName);

    /// <returns>The client's secret, and whether the client was made now.</returns>
    /// <exception cref="CommandException">A client of that name is not this installation's.</exception>
    public async Task<(string Secret, bool Made)> EnsureAsync(CancellationToken cancellationToken)
    {
        var client = await keycloak.FindClientAsync(realm, clientId, cancellationToken);
        bool isNew = client is null;
        if (isNew)
        {
            await keycloak.CreateClientAsync(realm, Wanted(), cancellationToken);
            client = await keycloak.FindClientAsync(realm, clientId, cancellationToken);
        }

        string owner = client!.Attributes?.GetValueOrDefault(Mark) ?? "no installation";
        if (owner != installation.ToString("D"))
        {
            throw new CommandException(
                $"The client {clientId} in Keycloak's realm '{realm}' belongs to {owner}, not to {installation:D}; "
                + "nothing was touched. Is INSTALLATION_ID the right one? Installations that share a Keycloak have an "
                + $"account each: name this one's in {NameSetting}, {DefaultName}-two for instance.");
        }

        var user = await keycloak.ServiceAccountUserAsync(realm, client.Id!, cancellationToken);
        await keycloak.GrantRealmRolesAsync(realm, user.Id!, ["create-realm"], cancellationToken);
        string secret = await keycloak.ClientSecretAsync(realm, client.Id!, cancellationToken)
            ?? throw new CommandException($"Keycloak shows no secret of {clientId}; is it a public client now?");
        return (secret, isNew);
    }

    private ClientRepresentation Wanted() => new()
    {
        ClientId = clientId,
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
