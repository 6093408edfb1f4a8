using ControlPlane.Settings;
using ControlPlane.Tenants;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The addresses of tenants' applications. The welcome mail, the realm's client and <c>verify</c> take them from here,
/// so that the client accepts the address to which the mail links.
/// </summary>
/// <param name="Own">
/// The application that the installation runs for a tenant. Without it, a tenant's application is at its domain only.
/// </param>
/// <param name="ExtraRedirectUris">Further redirect URIs of every tenant's client, for development.</param>
public sealed record ApplicationAddresses(ApplicationAddress Own, IReadOnlyList<string> ExtraRedirectUris)
{
    /// <exception cref="SettingException">
    /// A value is no such address, or <c>TENANT_EXTRA_REDIRECT_URIS</c> is set in Production.
    /// </exception>
    public static ApplicationAddresses From(SettingsReader settings) => new(
        ApplicationAddress.From(settings), [.. FindExtraRedirectUris(settings)]);

    /// <summary>Returns the addresses of one tenant's application.</summary>
    /// <param name="key">The tenant's key.</param>
    /// <param name="domains">The tenant's proven domains.</param>
    public TenantAddresses For(TenantKey key, IReadOnlyList<string> domains)
    {
        string[] own = [.. domains.Select(domain => $"https://{domain}")];
        string application = Own.For(key) ?? own[0];
        string[] extra = [.. ExtraRedirectUris.Select(uri => ApplicationAddress.Fill(uri, key.Value))];
        return new TenantAddresses(
            application,
            [.. own.Append(application).Select(address => $"{address}/*").Concat(extra).Distinct()],
            [.. own.Append(application).Concat(extra).Select(Origin).Distinct()]);
    }

    private static string[] FindExtraRedirectUris(SettingsReader settings)
    {
        const string Name = "TENANT_EXTRA_REDIRECT_URIS";
        string[] uris = (settings.Find("TENANT_EXTRA_REDIRECT_URIS") ?? "").Split(
            [',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (settings.IsProduction && uris.Length > 0)
        {
            throw new SettingException(Name, "redirect URIs",
                "nothing in Production: such an address gets the tokens of every tenant");
        }

        return uris.FirstOrDefault(uri => !ApplicationAddress.IsAddress(uri)
            || uri[..^1].Contains('*', StringComparison.Ordinal))
            is { } wrong
                ? throw new SettingException(Name, $"'{wrong}'",
                    "absolute http or https addresses, separated by comma or space, each with at most one * at its "
                    + "end, such as http://127.0.0.1:3000/*")
                : uris;
    }

    private static string Origin(string address) => new Uri(address).GetLeftPart(UriPartial.Authority);
}

/// <summary>The addresses of one tenant's application.</summary>
/// <param name="Application">The address to which mails link, without a trailing slash.</param>
/// <param name="RedirectUris">The redirect URIs of the client, with Keycloak's wildcard.</param>
/// <param name="WebOrigins">The origins whose scripts may call the realm.</param>
public sealed record TenantAddresses(
    string Application, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> WebOrigins);
