namespace Sandbox.Control;

/// <summary>Masks secret values in a query for the journal.</summary>
internal static class SecretQuery
{
    // Parameters that hold secrets in OpenID Connect, Keycloak's mailed links and S3's presigned URLs.
    private static readonly HashSet<string> Secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        "access_token", "assertion", "client_secret", "code", "id_token_hint", "key", "password", "refresh_token",
        "session_code", "token", "X-Amz-Security-Token", "X-Amz-Signature",
    };

    public static string Mask(IQueryCollection query) => string.Join('&', query.SelectMany(
        pair => pair.Value.DefaultIfEmpty(), (pair, value) => MaskPair(pair.Key, value ?? "")));

    private static string MaskPair(string name, string value) => value switch
    {
        "" => name,
        _ when Secrets.Contains(name) => $"{name}=***",
        _ => $"{name}={value}",
    };
}
