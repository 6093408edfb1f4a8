using System.Globalization;
using ControlPlane.Settings;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The mail server through which each tenant's realm sends: resets of passwords, and invitations of colleagues.
/// </summary>
/// <param name="Host">The mail server as Keycloak reaches it.</param>
/// <param name="Port">Its port.</param>
/// <param name="FromAddress">The sender's address.</param>
/// <param name="FromName">The sender's name; null for the address alone.</param>
/// <param name="Encryption">How the connection is encrypted.</param>
/// <param name="Username">The account; null for a server that asks for none.</param>
/// <param name="Password">The password of the account.</param>
public sealed record TenantMailSender(
    string Host, int Port, string FromAddress, string? FromName, string Encryption, string? Username, string? Password)
{
    private const string StartTls = "starttls", Tls = "tls", None = "none";

    /// <summary>Whether the server speaks only after a TLS handshake.</summary>
    public bool BeginsWithTls => Encryption == Tls;

    /// <summary>Reads the settings; null without <c>TENANT_SMTP_HOST</c>.</summary>
    public static TenantMailSender? From(SettingsReader settings)
    {
        if (settings.Find("TENANT_SMTP_HOST") is not { } host)
        {
            return null;
        }

        string encryption = settings.Text("TENANT_SMTP_ENCRYPTION", StartTls);
        if (encryption is not (StartTls or Tls or None) || (encryption == None && settings.IsProduction))
        {
            throw new SettingException("TENANT_SMTP_ENCRYPTION", $"'{encryption}'",
                settings.IsProduction ? "starttls or tls in Production" : "starttls, tls or none");
        }

        string? username = settings.Find("TENANT_SMTP_USERNAME");
        return new TenantMailSender(
            host,
            settings.Number("TENANT_SMTP_PORT", encryption == Tls ? 465 : 587, 1, 65535),
            settings.Require("TENANT_SMTP_FROM", "the address from which tenants' realms send mail"),
            settings.Find("TENANT_SMTP_FROM_NAME"),
            encryption,
            username,
            username is null ? null : settings.Require("TENANT_SMTP_PASSWORD", "the password of TENANT_SMTP_USERNAME"));
    }

    /// <summary>The realm's <c>smtpServer</c>.</summary>
    public IReadOnlyDictionary<string, string> ToSmtpServer()
    {
        var server = new Dictionary<string, string>
        {
            ["host"] = Host,
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["from"] = FromAddress,
            ["starttls"] = Encryption == StartTls ? "true" : "false",
            ["ssl"] = Encryption == Tls ? "true" : "false",
            ["auth"] = Username is null ? "false" : "true",
        };
        Add("fromDisplayName", FromName);
        Add("user", Username);
        Add("password", Password);
        return server;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                server[name] = value;
            }
        }
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}

/// <param name="Sender">Null: tenants' realms send no mail.</param>
public sealed record TenantMailSettings(TenantMailSender? Sender);
