namespace Sandbox.Keycloak;

/// <summary>The initial administrator, created only if the data file has no realms.</summary>
public sealed record KeycloakOptions
{
    public string AdminUsername { get; init; } = "admin";

    public string AdminPassword { get; init; } = "admin";
}
