using System.Net.Http.Headers;

namespace ControlPlane.Persistence.Entra;

/// <summary>The requests of the three endpoints, as their documentation gives them.</summary>
internal static class EntraRequests
{
    // The lowest version that knows IDENTITY_HEADER, and the one that IMDS documents for tokens.
    private const string AppVersion = "2019-08-01";
    private const string MachineVersion = "2018-02-01";

    /// <param name="options">The endpoint.</param>
    /// <param name="resource">The resource for which the token is meant, without a slash at the end.</param>
    /// <exception cref="EntraTokenException">The federated token cannot be read.</exception>
    public static HttpRequestMessage Create(EntraOptions options, string resource) => options.Source switch
    {
        EntraSource.App => Get(options, resource, AppVersion, "X-IDENTITY-HEADER", options.Secret),
        EntraSource.Machine => Get(options, resource, MachineVersion, "Metadata", "true"),
        _ => Exchange(options, resource),
    };

    /// <summary>
    /// https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference and
    /// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    /// </summary>
    private static HttpRequestMessage Get(
        EntraOptions options, string resource, string version, string header, string? value)
    {
        string client = options.ClientId is { } id ? $"&client_id={Uri.EscapeDataString(id)}" : "";
        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(options.Endpoint)
        {
            Query = $"api-version={version}&resource={Uri.EscapeDataString(resource)}{client}",
        }.Uri);
        request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }

    /// <summary>
    /// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, third case
    /// </summary>
    private static HttpRequestMessage Exchange(EntraOptions options, string resource)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, options.Endpoint)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = options.ClientId!,
                ["scope"] = $"{resource}/.default",
                ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ["client_assertion"] = ReadFederatedToken(options.Secret!),
            }),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    // Read for each request: Kubernetes replaces the file before its token expires.
    private static string ReadFederatedToken(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EntraTokenException(
                $"The file of AZURE_FEDERATED_TOKEN_FILE cannot be read ({e.GetType().Name}).", e);
        }
    }
}
