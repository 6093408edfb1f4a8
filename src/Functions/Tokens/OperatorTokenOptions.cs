using ControlPlane.Settings;

namespace Functions.Tokens;

/// <summary>The operators' realm, as it stands in their tokens.</summary>
/// <param name="Issuer"><c>OPERATOR_ISSUER</c>; <c>{KEYCLOAK_URL}/realms/platform</c> unless set.</param>
/// <param name="KeySetUrl"><c>OPERATOR_JWKS_URL</c>; null: the issuer's discovery document names it.</param>
/// <param name="Audience"><c>OPERATOR_AUDIENCE</c>: <c>control-plane</c> unless set.</param>
/// <param name="Role"><c>OPERATOR_ROLE</c>: the realm role that operators have, <c>operator</c> unless set.</param>
public sealed record OperatorTokenOptions(string Issuer, Uri? KeySetUrl, string Audience, string Role)
{
    public static OperatorTokenOptions From(SettingsReader settings)
    {
        var issuer = settings.FindUrl("OPERATOR_ISSUER");
        if (issuer is null)
        {
            var keycloak = settings.FindUrl("KEYCLOAK_URL") ?? throw new MissingSettingException("OPERATOR_ISSUER",
                "the operators' realm, such as http://localhost:8080/realms/platform (or KEYCLOAK_URL)");
            issuer = new Uri($"{keycloak.OriginalString.TrimEnd('/')}/realms/platform");
        }

        return new OperatorTokenOptions(
            issuer.OriginalString.TrimEnd('/'),
            settings.FindUrl("OPERATOR_JWKS_URL"),
            settings.Text("OPERATOR_AUDIENCE", "control-plane"),
            settings.Text("OPERATOR_ROLE", "operator"));
    }
}
