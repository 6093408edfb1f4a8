using ControlPlane.Settings;

namespace ControlPlane.Leads;

/// <param name="IsTokenInResponse">
/// <c>LEAD_TOKEN_DELIVERY</c>: <c>email</c> proves the address. <c>response</c> proves nothing and is for development,
/// where it is the default, and for tests.
/// </param>
public sealed record LeadVerificationOptions(bool IsTokenInResponse)
{
    private const string Name = "LEAD_TOKEN_DELIVERY";

    /// <exception cref="SettingException">
    /// An unknown value, or <c>response</c> in Production without <c>LEAD_TOKEN_IN_RESPONSE_FORCED=true</c>.
    /// </exception>
    public static LeadVerificationOptions From(SettingsReader settings)
    {
        string text = settings.Text(Name, settings.IsDevelopment ? "response" : "email");
        return text switch
        {
            "email" => new(IsTokenInResponse: false),
            "response" when settings.IsProduction && !settings.Flag("LEAD_TOKEN_IN_RESPONSE_FORCED", false) =>
                throw new SettingException(Name, "'response' in Production, where addresses must be proven",
                    "email, or LEAD_TOKEN_IN_RESPONSE_FORCED=true as well"),
            "response" => new(IsTokenInResponse: true),
            _ => throw new SettingException(Name, $"'{text}'", "email or response"),
        };
    }
}
