using ControlPlane.Settings;

namespace Api.Tokens;

/// <summary>The operators' realm and the values that it writes into their tokens.</summary>
/// <param name="Issuer"><c>OPERATOR_ISSUER</c>: <c>{KEYCLOAK_URL}/realms/platform</c> by default.</param>
/// <param name="KeySetUrl">
/// <c>OPERATOR_JWKS_URL</c>; null: the address from the issuer's discovery document.
/// </param>
/// <param name="Audience"><c>OPERATOR_AUDIENCE</c>: <c>control-plane</c> by default.</param>
/// <param name="Role"><c>OPERATOR_ROLE</c>: the realm role of operators, <c>operator</c> by default.</param>
/// <param name="ApplicationRole">
/// <c>APPLICATION_ROLE</c>: the realm role of applications, which read connections and nothing else.
/// </param>
/// <param name="RequiresTls">Whether the discovery document must name a key set with TLS.</param>
public sealed record OperatorTokenOptions(
    string Issuer, Uri? KeySetUrl, string Audience, string Role, string ApplicationRole, bool RequiresTls)
{
    public static OperatorTokenOptions From(SettingsReader settings)
    {
        var issuer = settings.FindSecureUrl("OPERATOR_ISSUER");
        if (issuer is null)
        {
            var keycloak = settings.FindSecureUrl("KEYCLOAK_URL") ?? throw new MissingSettingException(
                "OPERATOR_ISSUER",
                "the operators' realm, such as http://localhost:8080/realms/platform (or KEYCLOAK_URL)");
            issuer = new Uri($"{keycloak.OriginalString.TrimEnd('/')}/realms/platform");
        }

        string role = settings.Text("OPERATOR_ROLE", "operator");
        string applicationRole = settings.Text("APPLICATION_ROLE", "application");
        if (role == applicationRole)
        {
            throw new SettingException("APPLICATION_ROLE", $"'{applicationRole}'", "another role than OPERATOR_ROLE");
        }

        return new OperatorTokenOptions(
            issuer.OriginalString.TrimEnd('/'),
            settings.FindSecureUrl("OPERATOR_JWKS_URL"),
            settings.Text("OPERATOR_AUDIENCE", "control-plane"),
            role,
            applicationRole,
            settings.RequiresTls);
    }
}
