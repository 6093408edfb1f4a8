using System.Text.Json;
using ControlPlane.Tenants;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Builds a tenant's realm as one request: the application's client with PKCE, a user profile that declares
/// <c>tenantId</c> and <c>role</c> for administrators only, and mappers that put both into tokens. Keycloak silently
/// drops undeclared attributes.
/// </summary>
public static class TenantRealmTemplate
{
    public const string TenantIdAttribute = "tenantId";
    public const string RoleAttribute = "role";

    private const string PasswordPolicy = "length(12) and notUsername(undefined) and notEmail(undefined)";

    private static readonly string Profile = JsonSerializer.Serialize(new
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

    public static RealmRepresentation Build(
        OwnershipMark mark, TenantResources resources, string displayName, IReadOnlyList<string> domains) => new()
        {
            Id = TenantResources.RealmId(mark.Installation, mark.Tenant, mark.Attempt).ToString("D"),
            // The id is a hash of the mark. The attributes contain the mark itself, for a reader without the database.
            Attributes = mark.Tags,
            Realm = resources.Realm,
            DisplayName = displayName,
            Enabled = true,
            SslRequired = "external",
            RegistrationAllowed = false,
            LoginWithEmailAllowed = true,
            ResetPasswordAllowed = false,
            BruteForceProtected = true,
            PasswordPolicy = PasswordPolicy,
            Clients = [Client(resources.Client, domains)],
            Components = new Dictionary<string, IReadOnlyList<ComponentRepresentation>>
            {
                ["org.keycloak.userprofile.UserProfileProvider"] =
            [
                new()
                {
                    ProviderId = "declarative-user-profile",
                    Config = new Dictionary<string, IReadOnlyList<string>> { ["kc.user.profile.config"] = [Profile] },
                },
            ],
            },
        };

    public static ClientRepresentation Client(string clientId, IReadOnlyList<string> domains) => new()
    {
        ClientId = clientId,
        Protocol = "openid-connect",
        Enabled = true,
        PublicClient = true,
        StandardFlowEnabled = true,
        ImplicitFlowEnabled = false,
        DirectAccessGrantsEnabled = false,
        ServiceAccountsEnabled = false,
        RedirectUris = [.. domains.Select(domain => $"https://{domain}/*")],
        WebOrigins = [.. domains.Select(domain => $"https://{domain}")],
        Attributes = new Dictionary<string, string>
        {
            ["pkce.code.challenge.method"] = "S256",
            // Keycloak separates several URIs in one attribute with ##.
            ["post.logout.redirect.uris"] = string.Join("##", domains.Select(domain => $"https://{domain}/*")),
        },
        ProtocolMappers = [Mapper(TenantIdAttribute), Mapper(RoleAttribute)],
    };

    private static ProtocolMapperRepresentation Mapper(string attribute) => new()
    {
        Name = attribute,
        Protocol = "openid-connect",
        ProtocolMapper = "oidc-usermodel-attribute-mapper",
        Config = new Dictionary<string, string>
        {
            ["user.attribute"] = attribute,
            ["claim.name"] = attribute,
            ["jsonType.label"] = "String",
            ["id.token.claim"] = "true",
            ["access.token.claim"] = "true",
            ["userinfo.token.claim"] = "true",
            ["introspection.token.claim"] = "true",
        },
    };

    // An exact copy of Keycloak's default profile, because an import replaces the whole profile.
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
        ["person-name-prohibited-characters"] = new { },
    };
}
