using System.Text;
using ControlPlane.Security;
using ControlPlane.Settings;

namespace Api.Tokens;

/// <param name="Secret"><c>JWT_SECRET</c>: the key that signs a lead's JWT; at least 256 bits.</param>
/// <param name="Issuer"><c>JWT_ISSUER</c>: <c>arc-saas</c> by default.</param>
public sealed record LeadTokenOptions(byte[] Secret, string Issuer)
{
    private const string Name = "JWT_SECRET";
    private const string Expected = "a random text of at least 32 bytes, such as openssl rand -base64 48 prints";

    public static LeadTokenOptions From(SettingsReader settings)
    {
        byte[] secret = Encoding.UTF8.GetBytes(settings.Require(Name, Expected));
        if (secret.Length < 32)
        {
            throw new SettingException(Name, $"{secret.Length} bytes", Expected);
        }

        if (settings.IsProduction && Entropy.IsWeak(secret))
        {
            throw new SettingException(Name, "a text that repeats a few characters", Expected);
        }

        return new LeadTokenOptions(secret, settings.Text("JWT_ISSUER", "arc-saas"));
    }
}
