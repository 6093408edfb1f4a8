using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The protocol mapper types that the real server offers for OpenID Connect.</summary>
internal static class ProtocolMapperRules
{
    private static readonly HashSet<string> Kinds =
    [
        "oidc-acr-mapper", "oidc-address-mapper", "oidc-allowed-origins-mapper", "oidc-amr-mapper",
        "oidc-audience-mapper", "oidc-audience-resolve-mapper", "oidc-claims-param-token-mapper",
        "oidc-full-name-mapper", "oidc-group-membership-mapper", "oidc-hardcoded-claim-mapper",
        "oidc-hardcoded-role-mapper", "oidc-nonce-backwards-compatible-mapper",
        "oidc-organization-membership-mapper", "oidc-role-name-mapper", "oidc-session-state-mapper",
        "oidc-sha256-pairwise-sub-mapper", "oidc-sub-mapper", "oidc-usermodel-attribute-mapper",
        "oidc-usermodel-client-role-mapper", "oidc-usermodel-property-mapper", "oidc-usermodel-realm-role-mapper",
        "oidc-usersessionmodel-note-mapper",
    ];

    public static bool IsKnown(Document mapper) =>
        mapper.GetString("protocol") == "openid-connect" && Kinds.Contains(mapper.GetString("protocolMapper") ?? "");
}
