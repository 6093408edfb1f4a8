using ControlPlane.Settings;

namespace ControlPlane.Persistence.Entra;

/// <summary>The kinds of endpoints that issue tokens of Microsoft Entra.</summary>
public enum EntraSource
{
    /// <summary>The endpoint beside an app in App Service, Azure Functions or Container Apps.</summary>
    App = 1,

    /// <summary>The metadata service of a virtual machine (IMDS).</summary>
    Machine,

    /// <summary>Microsoft Entra itself, with a federated token from a file, as in Kubernetes.</summary>
    Workload,
}

/// <summary>
/// The endpoint that issues tokens to this process. Azure sets the names: with <c>AZURE_FEDERATED_TOKEN_FILE</c> it is
/// Microsoft Entra, with <c>IDENTITY_ENDPOINT</c> the endpoint beside the app, otherwise the machine's.
/// </summary>
/// <param name="Source">The kind of the endpoint.</param>
/// <param name="Endpoint">The address of the endpoint.</param>
/// <param name="ClientId">
/// The client id of the identity; null: the system-assigned one. A user-assigned identity must be named
/// (https://learn.microsoft.com/azure/container-apps/managed-identity#rest-endpoint-reference).
/// </param>
/// <param name="Secret">
/// The value of the app's identity header, or the path of the federated token; null for a machine.
/// </param>
public sealed record EntraOptions(EntraSource Source, Uri Endpoint, string? ClientId, string? Secret)
{
    /// <summary>The address of IMDS, the same on every machine in Azure.</summary>
    private static readonly Uri MachineEndpoint = new("http://169.254.169.254/metadata/identity/oauth2/token");

    /// <exception cref="SettingException">A value is invalid, or a part of a source is missing.</exception>
    public static EntraOptions From(SettingsReader settings)
    {
        string? clientId = settings.Find("AZURE_CLIENT_ID");
        if (settings.Find("AZURE_FEDERATED_TOKEN_FILE") is { } file)
        {
            return new EntraOptions(
                EntraSource.Workload, WorkloadEndpoint(settings), RequireWith(settings, "AZURE_CLIENT_ID"), file);
        }

        return settings.FindUrl("IDENTITY_ENDPOINT") is { } endpoint
            ? new EntraOptions(
                EntraSource.App, endpoint, clientId,
                settings.Require("IDENTITY_HEADER", "the value that Azure sets beside IDENTITY_ENDPOINT"))
            : new EntraOptions(EntraSource.Machine, MachineEndpoint, clientId, null);
    }

    /// <summary>Returns only the source: the header's value is a secret.</summary>
    public override string ToString() => $"{nameof(EntraOptions)} {Source}";

    private static Uri WorkloadEndpoint(SettingsReader settings)
    {
        var authority = settings.FindSecureUrl("AZURE_AUTHORITY_HOST") ?? new Uri("https://login.microsoftonline.com");
        string tenant = Uri.EscapeDataString(RequireWith(settings, "AZURE_TENANT_ID"));
        return new Uri(authority, $"{tenant}/oauth2/v2.0/token");
    }

    private static string RequireWith(SettingsReader settings, string name) =>
        settings.Require(name, "a value beside AZURE_FEDERATED_TOKEN_FILE");
}
