using ControlPlane.Settings;

namespace Worker.Mails;

/// <summary>The sender as mails show it.</summary>
/// <param name="Name">The product; without <c>BRAND_NAME</c> the host of the public address.</param>
/// <param name="LogoUrl">The address of the logo; empty without one.</param>
/// <param name="SupportEmail">The address for questions.</param>
public sealed record MailBrand(string Name, string LogoUrl, string SupportEmail)
{
    public static MailBrand From(SettingsReader settings)
    {
        var brand = Brand.From(settings);
        return new MailBrand(
            brand.Name ?? settings.RequireSecureUrl("PUBLIC_BASE_URL").Host,
            brand.LogoUrl?.AbsoluteUri ?? "",
            brand.SupportEmail ?? settings.TextRequiredInProduction("NOVU_SUPPORT_EMAIL", "support@example.com"));
    }

    /// <summary>Adds the variables that every mail has.</summary>
    public Dictionary<string, string> AddTo(Dictionary<string, string> payload)
    {
        payload["brandName"] = Name;
        payload["brandLogoUrl"] = LogoUrl;
        payload["supportEmail"] = SupportEmail;
        return payload;
    }
}
