using System.Collections.Frozen;

namespace ControlPlane.Tenants;

/// <summary>Domains where anybody gets an address: none of them proves that somebody speaks for a company.</summary>
internal static class PublicMailProviders
{
    private static readonly FrozenSet<string> Domains = FrozenSet.Create(
        "126.com", "163.com", "aol.com", "att.net", "bluewin.ch", "comcast.net", "fastmail.com", "freenet.de",
        "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "guerrillamail.com",
        "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.it", "hushmail.com",
        "icloud.com", "inbox.ru", "laposte.net", "libero.it", "live.com", "live.de", "live.nl", "mac.com", "mail.com",
        "mail.de", "mail.ru", "mailbox.org", "mailinator.com", "me.com", "msn.com", "naver.com", "orange.fr",
        "outlook.com", "outlook.de", "outlook.fr", "pm.me", "posteo.de", "proton.me", "protonmail.ch",
        "protonmail.com", "qq.com", "rediffmail.com", "rocketmail.com", "sbcglobal.net", "seznam.cz", "sina.com",
        "t-online.de", "tempmail.com", "trashmail.com", "tuta.com", "tutanota.com", "verizon.net", "web.de", "wp.pl",
        "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.br", "yahoo.de", "yahoo.es",
        "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "yopmail.com", "zoho.com");

    /// <param name="domain">In lower case.</param>
    public static bool Contains(string domain) => Domains.Contains(domain);
}
