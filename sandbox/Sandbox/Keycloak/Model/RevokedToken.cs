namespace Sandbox.Keycloak.Model;

/// <summary>A revoked access token; the entry goes when the token would have expired.</summary>
/// <param name="Expires">In seconds since 1970.</param>
public sealed record RevokedToken(long Expires);
