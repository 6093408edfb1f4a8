namespace Sandbox.Control;

/// <summary>A query as it may be written down.</summary>
internal static class SecretQuery
{
    // Names under which OpenID Connect, Keycloak's mailed links and S3's presigned addresses carry secrets.
    private static readonly HashSet<string> Secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        "access_token", "assertion", "client_secret", "code", "id_token_hint", "key", "password", "refresh_token",
        "session_code", "token", "X-Amz-Security-Token", "X-Amz-Signature",
    };

    public static string Mask(IQueryCollection query) => string.Join('&', query.SelectMany(
        pair => pair.Value.DefaultIfEmpty(), (pair, value) => Masked(pair.Key, value ?? "")));

    private static string Masked(string name, string value) => value switch
    {
        "" => name,
        _ when Secrets.Contains(name) => $"{name}=***",
        _ => $"{name}={value}",
    };
}
