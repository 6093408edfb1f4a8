using ControlPlane.Settings;
using Worker.Commands;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Creates the worker's service account, which may only create realms and manage those it created. It uses lightweight
/// tokens with full scope: an ordinary token grows with each realm until its size is refused (keycloak#25498).
/// </summary>
internal sealed class WorkerAccount(KeycloakAdmin keycloak, string realm, string clientId, Guid installation)
{
    public const string NameSetting = "KEYCLOAK_WORKER_CLIENT_ID", DefaultName = "arc-saas-worker";

    private const string MarkAttribute = "arc-saas.installation";

    /// <summary>The id of its client. Each installation that shares a Keycloak needs its own account.</summary>
    public static string Name(SettingsReader settings) => settings.Text(NameSetting, DefaultName);

    /// <returns>The client's secret, and whether this call created the client.</returns>
    /// <exception cref="CommandException">A client of that name belongs to another installation.</exception>
    public async Task<(string Secret, bool IsNew)> EnsureAsync(CancellationToken cancellationToken)
    {
        var client = await keycloak.FindClientAsync(realm, clientId, cancellationToken);
        bool isNew = client is null;
        if (isNew)
        {
            await keycloak.CreateClientAsync(realm, Representation(), cancellationToken);
            client = await keycloak.FindClientAsync(realm, clientId, cancellationToken);
        }

        string owner = client!.Attributes?.GetValueOrDefault(MarkAttribute) ?? "no installation";
        if (owner != installation.ToString("D"))
        {
            throw new CommandException(
                $"The client {clientId} in Keycloak's realm '{realm}' belongs to {owner}, not to {installation:D}; "
                + "nothing was changed. Check INSTALLATION_ID. Each installation that shares a Keycloak needs its own "
                + $"account: set {NameSetting}, for instance to {DefaultName}-two.");
        }

        var user = await keycloak.ServiceAccountUserAsync(realm, client.Id!, cancellationToken);
        await keycloak.GrantRealmRolesAsync(realm, user.Id!, ["create-realm"], cancellationToken);
        string secret = await keycloak.ClientSecretAsync(realm, client.Id!, cancellationToken)
            ?? throw new CommandException($"Keycloak returns no secret for {clientId}; is it a public client now?");
        return (secret, isNew);
    }

    private ClientRepresentation Representation() => new()
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
            [MarkAttribute] = installation.ToString("D"),
        },
    };
}
