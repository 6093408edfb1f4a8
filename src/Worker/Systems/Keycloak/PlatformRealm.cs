using ControlPlane.Security;
using ControlPlane.Settings;
using Worker.Commands;
using Worker.Telemetry;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The control plane's own realm: the audience that operators' tokens name, the client that the command line logs in
/// with, the role, the first operator. Its mark is its id; a realm of that name with another id is refused.
/// </summary>
internal sealed class PlatformRealm(KeycloakAdmin keycloak, SettingsReader settings, Guid installation)
{
    public const string CommandLineClient = "control-plane-cli";
    public const string FirstOperator = "operator";

    private const string PasswordPolicy = "length(12) and notUsername(undefined) and notEmail(undefined)";

    /// <summary>Never called: whoever logs in reads the code from the redirect to it.</summary>
    public static readonly Uri Redirect = new("http://127.0.0.1/callback");

    private readonly string realm = Name(settings);
    private readonly string audience = settings.Text("OPERATOR_AUDIENCE", "control-plane");
    private readonly string role = settings.Text("OPERATOR_ROLE", "operator");

    public static string Issuer(SettingsReader settings) =>
        settings.FindUrl("OPERATOR_ISSUER")?.OriginalString
        ?? $"{settings.RequireUrl("KEYCLOAK_URL").OriginalString}/realms/platform";

    /// <returns>What was made now, for a person; empty when all was there.</returns>
    /// <exception cref="CommandException">A realm of that name is not this installation's.</exception>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken cancellationToken)
    {
        var made = new List<string>();
        string id = NameBasedId.Create(installation, "realm:platform").ToString("D");
        if (await keycloak.CreateRealmAsync(Whole(id), cancellationToken))
        {
            made.Add($"realm {realm} with its clients and the role {role}");
        }
        else if ((await keycloak.FindRealmAsync(realm, cancellationToken))?.Id != id)
        {
            throw new CommandException(
                $"Keycloak has a realm '{realm}' that is not this installation's ({installation:D}); nothing was "
                + "touched. Is INSTALLATION_ID the right one? Otherwise name another realm in OPERATOR_ISSUER.");
        }

        foreach (var client in Clients())
        {
            if (await keycloak.FindClientAsync(realm, client.ClientId!, cancellationToken) is null)
            {
                await keycloak.CreateClientAsync(realm, client, cancellationToken);
                made.Add($"client {client.ClientId}");
            }
        }

        return made;
    }

    /// <summary>The first operator, with a password to be changed at the first login.</summary>
    /// <returns>The password, or null when the operator is there already and keeps the one it has.</returns>
    public async Task<string?> EnsureOperatorAsync(string email, bool reset, CancellationToken cancellationToken)
    {
        string password = Passwords.New();
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

    private RealmRepresentation Whole(string id) => new()
    {
        Id = id,
        Realm = realm,
        DisplayName = "Control plane",
        Enabled = true,
        SslRequired = "external",
        RegistrationAllowed = false,
        ResetPasswordAllowed = false,
        BruteForceProtected = true,
        PasswordPolicy = PasswordPolicy,
        Roles = new() { Realm = [new() { Name = role, Description = "May operate the control plane." }] },
        Clients = Clients(),
    };

    private ClientRepresentation[] Clients() =>
    [
        // The audience: nobody logs in with it.
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

    private static string Name(SettingsReader settings)
    {
        string issuer = Issuer(settings), realms = $"{settings.RequireUrl("KEYCLOAK_URL").OriginalString}/realms/";
        return issuer.StartsWith(realms, StringComparison.Ordinal) && !issuer[realms.Length..].Contains('/')
            ? issuer[realms.Length..]
            : throw new SettingException("OPERATOR_ISSUER", $"'{issuer}'",
                $"a realm of KEYCLOAK_URL ({realms}…), since `setup` makes it there; or `setup --without-realm`");
    }
}
