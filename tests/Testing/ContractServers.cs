using Sandbox.S3;

namespace Testing;

/// <summary>
/// The real servers that tests use instead of the stand-ins if the environment names them: Keycloak by
/// KEYCLOAK_CONTRACT_URL (with KEYCLOAK_CONTRACT_USERNAME and KEYCLOAK_CONTRACT_PASSWORD, both admin if unset), the
/// object store by S3_CONTRACT_URL (with S3_CONTRACT_ACCESS_KEY and S3_CONTRACT_SECRET_KEY).
/// </summary>
public static class ContractServers
{
    public static Uri? Keycloak { get; } = Address("KEYCLOAK_CONTRACT_URL");

    public static string KeycloakUsername { get; } = Find("KEYCLOAK_CONTRACT_USERNAME") ?? "admin";

    public static string KeycloakPassword { get; } = Find("KEYCLOAK_CONTRACT_PASSWORD") ?? "admin";

    public static Uri? S3 { get; } = Address("S3_CONTRACT_URL");

    /// <summary>The account of the object store; by default the stand-in's.</summary>
    public static S3Account S3Account { get; } = S3 is null
        ? S3Options.DefaultAccount
        : new S3Account(Need("S3_CONTRACT_ACCESS_KEY"), Need("S3_CONTRACT_SECRET_KEY"), "000000000001");

    private static Uri? Address(string name) => Find(name) is { } address ? new Uri(address) : null;

    private static string Need(string name) => Find(name)
        ?? throw new InvalidOperationException($"{name} is not set, but S3_CONTRACT_URL is.");

    private static string? Find(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
