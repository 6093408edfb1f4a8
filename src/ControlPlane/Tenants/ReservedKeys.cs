using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ControlPlane.Tenants;

/// <summary>
/// Names that are no keys: a key becomes a sub-domain, where programs or people would take such a name for the
/// operator's own service.
/// </summary>
internal static partial class ReservedKeys
{
    private static readonly FrozenSet<string> Words = FrozenSet.Create(
    [
        // Our own parts and those of the outside systems.
        "admin", "api", "app", "auth", "console", "default", "internal", "keycloak", "localhost", "mail", "master",
        "minio", "novu", "operator", "platform", "postgres", "public", "redis", "root", "status", "support", "system",
        "temporal", "tenant", "test", "www",
        // Mailboxes and services that RFC 2142 names.
        "abuse", "ftp", "hostmaster", "info", "marketing", "news", "noc", "postmaster", "sales", "security", "usenet",
        "uucp", "webmaster",
        // Addresses at which certificate authorities verify a domain, and aliases of them.
        "administrator", "is", "it", "mis", "ssladmin", "ssladministrator", "sslwebmaster", "sysadmin",
        // Names that clients look up by themselves below any domain.
        "autoconfig", "autodiscover", "broadcasthost", "caldav", "carddav", "enterpriseenrollment",
        "enterpriseregistration", "gc", "isatap", "kerberos", "ldap", "localdomain", "lyncdiscover", "msoid", "ntp",
        "sip", "stun", "time", "turn", "wpad",
        // Mail, names and transfer.
        "dns", "email", "imap", "imaps", "mta", "pop", "pops", "relay", "sftp", "smtp", "smtps", "ssh", "vpn",
        "webmail",
        // Places where people enter a password.
        "account", "accounts", "idp", "invite", "login", "logout", "oauth", "oidc", "password", "portal", "register",
        "saml", "secure", "signin", "signup", "sso", "verify",
        // Parts of an operator's site.
        "assets", "billing", "blog", "cdn", "ci", "dashboard", "dev", "docs", "files", "git", "grafana", "help",
        "images", "legal", "media", "metrics", "monitoring", "noreply", "payment", "payments", "proxy", "registry",
        "staging", "static", "storage", "webhook", "webhooks",
    ]);

    // PostgreSQL reserves names that begin with pg_; template0 and template1 are its own databases.
    public static bool Contains(string text) =>
        Words.Contains(text)
        || text.StartsWith("pg", StringComparison.Ordinal)
        || text.StartsWith("template", StringComparison.Ordinal)
        || Numbered().IsMatch(text);

    [GeneratedRegex(@"\A(?:dns|imap|mail|mx|ns|pop|smtp|www)[0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
