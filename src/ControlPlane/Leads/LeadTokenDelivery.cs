using ControlPlane.Settings;

namespace ControlPlane.Leads;

/// <summary>
/// How a lead gets its validation token (<c>LEAD_TOKEN_DELIVERY</c>): in the mail, which proves the address, or in the
/// answer, which proves nothing and is for development and tests.
/// </summary>
public enum LeadTokenDelivery
{
    Email = 1,
    Response,
}

public static class LeadTokenDeliveryText
{
    private const string Name = "LEAD_TOKEN_DELIVERY";

    /// <exception cref="SettingException">
    /// An unknown word; or <c>response</c> in Production without <c>LEAD_TOKEN_IN_RESPONSE_FORCED=true</c>.
    /// </exception>
    public static LeadTokenDelivery From(SettingsReader settings)
    {
        string text = settings.Text(Name, settings.IsDevelopment ? "response" : "email");
        return text switch
        {
            "email" => LeadTokenDelivery.Email,
            "response" when settings.IsProduction && !settings.Flag("LEAD_TOKEN_IN_RESPONSE_FORCED", false) =>
                throw new SettingException(Name, "'response' in Production, where addresses must be proven",
                    "email, or LEAD_TOKEN_IN_RESPONSE_FORCED=true as well"),
            "response" => LeadTokenDelivery.Response,
            _ => throw new SettingException(Name, $"'{text}'", "email or response"),
        };
    }
}
