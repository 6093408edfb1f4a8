namespace Sandbox.Keycloak;

/// <summary>Who may administer a Keycloak that starts with nothing; later ones keep whom they have.</summary>
public sealed record KeycloakOptions
{
    public string AdminUsername { get; init; } = "admin";

    public string AdminPassword { get; init; } = "admin";
}
