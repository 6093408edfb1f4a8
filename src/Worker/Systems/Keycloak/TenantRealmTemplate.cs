using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ControlPlane;
using ControlPlane.Tenants;
using Worker.Saga;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Builds a tenant's realm as one request: the application's client with PKCE, a user profile that declares
/// <c>tenantId</c> and <c>role</c> for administrators only, and mappers that put both into tokens. Keycloak silently
/// drops undeclared attributes.
/// </summary>
public sealed class TenantRealmTemplate(ApplicationAddresses addresses, TenantMailSettings mail)
{
    public const string TenantIdAttribute = "tenantId";
    public const string RoleAttribute = "role";

    private const int Minute = 60, Hour = 60 * Minute, Day = 24 * Hour, EventLifetime = 90 * Day;

    private static readonly string ProfileText = JsonSerializer.Serialize(new
    {
        attributes = new object[]
        {
            Standard("username", new Dictionary<string, object>
            {
                ["length"] = new { min = 3, max = 255 },
                ["username-prohibited-characters"] = new { },
                ["up-username-not-idn-homograph"] = new { },
            }, required: false),
            Standard("email", new Dictionary<string, object>
            {
                ["email"] = new { },
                ["length"] = new { max = 255 },
            }),
            Standard("firstName", Name()),
            Standard("lastName", Name()),
            AdminOnly(TenantIdAttribute, "Tenant"),
            AdminOnly(RoleAttribute, "Role"),
        },
        groups = new[]
        {
            new
            {
                name = "user-metadata",
                displayHeader = "User metadata",
                displayDescription = "Attributes, which refer to user metadata",
            },
        },
    }, OutsideHttp.Json);

    /// <summary>Builds the realm of a tenant's attempt.</summary>
    public RealmRepresentation Build(ProvisionedTenant tenant) => Build(
        tenant.Mark, tenant.Tenant.Key, tenant.Tenant.Name, tenant.Tenant.ProvenDomains);

    public RealmRepresentation Build(
        OwnershipMark mark, TenantKey key, string displayName, IReadOnlyList<string> provenDomains) => new()
        {
            Id = TenantResources.RealmId(mark.Installation, mark.Tenant, mark.Attempt).ToString("D"),
            // The id is a hash of the mark. The attributes contain the mark itself, for a reader without the database.
            Attributes = new Dictionary<string, string>(mark.Tags)
            {
                ["adminEventsExpiration"] = EventLifetime.ToString(CultureInfo.InvariantCulture),
            },
            Realm = TenantResources.RealmOf(key),
            DisplayName = displayName,
            Enabled = true,
            SslRequired = "external",
            RegistrationAllowed = false,
            LoginWithEmailAllowed = true,
            // Off by default. Without a sender it is left alone: the tenant may have a mail server of its own.
            ResetPasswordAllowed = mail.Sender is null ? null : true,
            SmtpServer = mail.Sender?.ToSmtpServer(),
            BruteForceProtected = true,
            FailureFactor = 10,
            PasswordPolicy = PasswordRules.For(key),
            RevokeRefreshToken = true,
            RefreshTokenMaxReuse = 0,
            AccessTokenLifespan = 5 * Minute,
            SsoSessionIdleTimeout = 30 * Minute,
            SsoSessionMaxLifespan = 10 * Hour,
            OfflineSessionMaxLifespanEnabled = true,
            OfflineSessionMaxLifespan = 30 * Day,
            ActionTokenGeneratedByUserLifespan = 15 * Minute,
            ActionTokenGeneratedByAdminLifespan = 3 * Day,
            EventsEnabled = true,
            EventsExpiration = EventLifetime,
            AdminEventsEnabled = true,
            Clients = [Client(mark.Tenant, TenantResources.ClientOf(key), addresses.For(key, provenDomains))],
            Components = new Dictionary<string, IReadOnlyList<ComponentRepresentation>>
            {
                ["org.keycloak.userprofile.UserProfileProvider"] =
            [
                new()
                {
                    ProviderId = "declarative-user-profile",
                    Config = new Dictionary<string, IReadOnlyList<string>>
                    {
                        ["kc.user.profile.config"] = [ProfileText],
                    },
                },
            ],
            },
        };

    /// <summary>The user profile, as in <see cref="Build(ProvisionedTenant)"/>.</summary>
    public static JsonObject Profile => JsonNode.Parse(ProfileText)!.AsObject();

    private static ClientRepresentation Client(Guid tenant, string clientId, TenantAddresses addresses) => new()
    {
        ClientId = clientId,
        Protocol = "openid-connect",
        Enabled = true,
        PublicClient = true,
        StandardFlowEnabled = true,
        ImplicitFlowEnabled = false,
        DirectAccessGrantsEnabled = false,
        ServiceAccountsEnabled = false,
        // With Keycloak's default, the admin user's token at the application would carry its roles in the realm.
        FullScopeAllowed = false,
        // Keycloak's mails and its account console link to it.
        BaseUrl = addresses.Application,
        RedirectUris = addresses.RedirectUris,
        WebOrigins = addresses.WebOrigins,
        Attributes = new Dictionary<string, string>
        {
            ["pkce.code.challenge.method"] = "S256",
            // Keycloak separates several URIs in one attribute with ##.
            ["post.logout.redirect.uris"] = string.Join("##", addresses.RedirectUris),
        },
        ProtocolMappers =
        [
            // Fixed, since users whom the administrator adds have no such attribute.
            ClaimMapper(TenantIdAttribute, "oidc-hardcoded-claim-mapper", "claim.value", tenant.ToString("D")),
            ClaimMapper(RoleAttribute, "oidc-usermodel-attribute-mapper", "user.attribute", RoleAttribute),
            AudienceMapper(clientId),
        ],
    };

    private static ProtocolMapperRepresentation ClaimMapper(string claim, string type, string source, string value) =>
        Mapper(claim, type, new Dictionary<string, string>
        {
            [source] = value,
            ["claim.name"] = claim,
            ["jsonType.label"] = "String",
            ["id.token.claim"] = "true",
            ["access.token.claim"] = "true",
            ["userinfo.token.claim"] = "true",
            ["introspection.token.claim"] = "true",
        });

    // An API of the application accepts only tokens that name it.
    private static ProtocolMapperRepresentation AudienceMapper(string clientId) =>
        Mapper("audience", "oidc-audience-mapper", new Dictionary<string, string>
        {
            ["included.client.audience"] = clientId,
            ["id.token.claim"] = "false",
            ["access.token.claim"] = "true",
            ["introspection.token.claim"] = "true",
        });

    private static ProtocolMapperRepresentation Mapper(
        string name, string type, IReadOnlyDictionary<string, string> config) => new()
        {
            Name = name,
            Protocol = "openid-connect",
            ProtocolMapper = type,
            Config = config,
        };

    // A copy of Keycloak's default profile, because an import replaces the whole profile. Only the names' rule differs.
    private static object Standard(string name, Dictionary<string, object> validations, bool required = true) => new
    {
        name,
        displayName = $"${{{name}}}",
        validations,
        required = required ? new { roles = new[] { "user" } } : null,
        permissions = new { view = new[] { "admin", "user" }, edit = new[] { "admin", "user" } },
        multivalued = false,
    };

    private static object AdminOnly(string name, string displayName) => new
    {
        name,
        displayName,
        permissions = new { view = new[] { "admin" }, edit = new[] { "admin" } },
        multivalued = false,
    };

    private static Dictionary<string, object> Name() => new()
    {
        ["length"] = new { max = 255 },
        // In place of Keycloak's person-name-prohibited-characters, which refuses "Bob & Sally" at the first login.
        ["pattern"] = new Dictionary<string, string>
        {
            ["pattern"] = PersonName.Pattern,
            ["error-message"] = "A name has a visible character, and neither < nor >.",
        },
    };
}
