using ControlPlane.Security;
using ControlPlane.Settings;
using Worker.Commands;
using Worker.Telemetry;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Creates the operators' realm: the audience of operators' tokens, the client of the command line, the role and the
/// first operator. The realm's id is its mark; a realm of that name with another id is an error.
/// </summary>
internal sealed class PlatformRealm(KeycloakAdmin keycloak, SettingsReader settings, Guid installation)
{
    public const string CommandLineClient = "control-plane-cli";
    public const string ApplicationClient = "application-plane";
    public const string FirstOperator = "operator";

    private const string PasswordPolicy = "length(12) and notUsername(undefined) and notEmail(undefined)";

    /// <summary>Never requested: the command line reads the code from the redirect to it.</summary>
    public static readonly Uri Redirect = new("http://127.0.0.1/callback");

    private readonly string realm = Name(settings);
    private readonly string audience = settings.Text("OPERATOR_AUDIENCE", "control-plane");
    private readonly string role = settings.Text("OPERATOR_ROLE", "operator");
    private readonly string applicationRole = ApplicationRole(settings);

    public static string Issuer(SettingsReader settings) =>
        settings.FindSecureUrl("OPERATOR_ISSUER")?.OriginalString
        ?? $"{settings.RequireSecureUrl("KEYCLOAK_URL").OriginalString}/realms/platform";

    /// <returns>Descriptions of the objects that this call created; empty when all existed.</returns>
    /// <exception cref="CommandException">A realm of that name belongs to another installation.</exception>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken cancellationToken)
    {
        var created = new List<string>();
        string id = NameBasedId.Create(installation, "realm:platform").ToString("D");
        if (await keycloak.CreateRealmAsync(Representation(id), cancellationToken))
        {
            created.Add($"realm {realm} with its clients and the role {role}");
        }
        else if ((await keycloak.FindRealmAsync(realm, cancellationToken))?.Id != id)
        {
            throw new CommandException(
                $"Keycloak has a realm '{realm}' that does not belong to this installation ({installation:D}); nothing "
                + "was changed. Check INSTALLATION_ID, or name another realm in OPERATOR_ISSUER.");
        }

        foreach (var client in Clients())
        {
            if (await keycloak.FindClientAsync(realm, client.ClientId!, cancellationToken) is null)
            {
                await keycloak.CreateClientAsync(realm, client, cancellationToken);
                created.Add($"client {client.ClientId}");
            }
        }

        return created;
    }

    /// <summary>Creates the service account with which applications read the connections of their tenants.</summary>
    /// <returns>Its secret, and descriptions of the objects that this call created.</returns>
    public async Task<(string Secret, IReadOnlyList<string> Created)> EnsureApplicationAsync(
        CancellationToken cancellationToken)
    {
        var created = new List<string>();
        if (await keycloak.CreateRealmRoleAsync(realm, new() { Name = applicationRole }, cancellationToken))
        {
            created.Add($"role {applicationRole}");
        }

        var client = await keycloak.FindClientAsync(realm, ApplicationClient, cancellationToken);
        if (client is null)
        {
            await keycloak.CreateClientAsync(realm, ApplicationAccount(), cancellationToken);
            created.Add($"client {ApplicationClient}");
            client = await keycloak.FindClientAsync(realm, ApplicationClient, cancellationToken);
        }

        var user = await keycloak.ServiceAccountUserAsync(realm, client!.Id!, cancellationToken);
        await keycloak.GrantRealmRolesAsync(realm, user.Id!, [applicationRole], cancellationToken);
        string secret = await keycloak.ClientSecretAsync(realm, client.Id!, cancellationToken)
            ?? throw new CommandException(
                $"Keycloak returns no secret for {ApplicationClient}; is it a public client now?");
        return (secret, created);
    }

    /// <summary>Creates the first operator, with a password that must be changed at the first login.</summary>
    /// <returns>The password; null when the operator exists and keeps its password.</returns>
    public async Task<string?> EnsureOperatorAsync(string email, bool reset, CancellationToken cancellationToken)
    {
        string password = Passwords.Generate();
        var user = new UserRepresentation
        {
            Username = FirstOperator,
            Email = email,
            FirstName = "First",
            LastName = "Operator",
            Enabled = true,
        };
        bool isNew = await keycloak.CreateUserAsync(realm, user, cancellationToken);
        var found = await keycloak.FindUserAsync(realm, FirstOperator, cancellationToken)
            ?? throw new CommandException(
                $"Another user of the realm '{realm}' has the address {Masked.Email(email)}.");
        await keycloak.GrantRealmRolesAsync(realm, found.Id!, [role], cancellationToken);
        if (!isNew && !reset)
        {
            return null;
        }

        return await keycloak.SetPasswordAsync(
            realm, found.Id!, password, temporary: true, cancellationToken) is { } refusal
            ? throw new CommandException($"Keycloak refuses the operator's first password: {refusal}")
            : password;
    }

    private RealmRepresentation Representation(string id) => new()
    {
        Id = id,
        Realm = realm,
        DisplayName = "Control plane",
        Enabled = true,
        SslRequired = "external",
        RegistrationAllowed = false,
        ResetPasswordAllowed = false,
        BruteForceProtected = true,
        FailureFactor = 10,
        EventsEnabled = true,
        EventsExpiration = 90 * 24 * 60 * 60,
        AdminEventsEnabled = true,
        PasswordPolicy = PasswordPolicy,
        Roles = new() { Realm = [new() { Name = role, Description = "May operate the control plane." }] },
        Clients = Clients(),
    };

    private ClientRepresentation[] Clients() =>
    [
        // The audience of tokens. It allows no login.
        new()
        {
            ClientId = audience,
            Protocol = "openid-connect",
            Enabled = true,
            PublicClient = false,
            StandardFlowEnabled = false,
            ImplicitFlowEnabled = false,
            DirectAccessGrantsEnabled = false,
            ServiceAccountsEnabled = false,
        },
        new()
        {
            ClientId = CommandLineClient,
            Protocol = "openid-connect",
            Enabled = true,
            PublicClient = true,
            StandardFlowEnabled = true,
            ImplicitFlowEnabled = false,
            DirectAccessGrantsEnabled = false,
            ServiceAccountsEnabled = false,
            RedirectUris = [Redirect.OriginalString],
            Attributes = new Dictionary<string, string> { ["pkce.code.challenge.method"] = "S256" },
            ProtocolMappers = [AudienceMapper()],
        },
    ];

    private ClientRepresentation ApplicationAccount() => new()
    {
        ClientId = ApplicationClient,
        Name = "Application plane",
        Protocol = "openid-connect",
        Enabled = true,
        PublicClient = false,
        StandardFlowEnabled = false,
        ImplicitFlowEnabled = false,
        DirectAccessGrantsEnabled = false,
        ServiceAccountsEnabled = true,
        FullScopeAllowed = true,
        ProtocolMappers = [AudienceMapper()],
    };

    private ProtocolMapperRepresentation AudienceMapper() => new()
    {
        Name = $"audience {audience}",
        Protocol = "openid-connect",
        ProtocolMapper = "oidc-audience-mapper",
        Config = new Dictionary<string, string>
        {
            ["included.client.audience"] = audience,
            ["access.token.claim"] = "true",
            ["id.token.claim"] = "false",
        },
    };

    // With the operators' role every application would be an operator.
    private static string ApplicationRole(SettingsReader settings)
    {
        string role = settings.Text("APPLICATION_ROLE", "application");
        return role != settings.Text("OPERATOR_ROLE", "operator")
            ? role
            : throw new SettingException("APPLICATION_ROLE", $"'{role}'", "another role than OPERATOR_ROLE");
    }

    private static string Name(SettingsReader settings)
    {
        string issuer = Issuer(settings);
        string realms = $"{settings.RequireSecureUrl("KEYCLOAK_URL").OriginalString}/realms/";
        return issuer.StartsWith(realms, StringComparison.Ordinal) && !issuer[realms.Length..].Contains('/')
            ? issuer[realms.Length..]
            : throw new SettingException("OPERATOR_ISSUER", $"'{issuer}'",
                $"a realm of KEYCLOAK_URL ({realms}…), since `setup` creates it there; or `setup --without-realm`");
    }
}
