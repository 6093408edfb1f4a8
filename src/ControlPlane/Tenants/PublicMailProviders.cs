using System.Collections.Frozen;

namespace ControlPlane.Tenants;

/// <summary>
/// Lists mail domains with addresses for the public. An address there does not prove that a person acts for a company.
/// The list cannot be complete: a missing provider allows a tenant under the provider's domain, and gives no access to
/// another tenant.
/// </summary>
internal static class PublicMailProviders
{
    /// <summary>Providers that exist under many public suffixes: hotmail.es, yahoo.com.mx, live.co.uk.</summary>
    private static readonly FrozenSet<string> Families = FrozenSet.Create(
        "aol", "fastmail", "gmail", "gmx", "googlemail", "guerrillamail", "hotmail", "hushmail", "icloud", "live",
        "mailinator", "msn", "outlook", "posteo", "protonmail", "rediffmail", "rocketmail", "tiscali", "trashmail",
        "tutanota", "wanadoo", "windowslive", "yahoo", "yandex", "ymail", "yopmail", "zoho", "zohomail");

    /// <summary>Top-level domains of families, besides all country codes: example.com, example.org.</summary>
    private static readonly FrozenSet<string> Generic = FrozenSet.Create("biz", "com", "info", "net", "org");

    /// <summary>Labels between a family and a country code: example.co.uk, example.com.mx, example.ne.jp.</summary>
    private static readonly FrozenSet<string> SecondLevel = FrozenSet.Create("co", "com", "ne", "net", "or", "org");

    private static readonly FrozenSet<string> Domains = FrozenSet.Create(
        // Worldwide
        "aim.com", "cock.li", "disroot.org", "duck.com", "email.com", "hey.com", "inbox.com", "mac.com", "mail.com",
        "mailbox.org", "mailfence.com", "mailo.com", "me.com", "mozmail.com", "pm.me", "proton.me", "riseup.net",
        "runbox.com", "startmail.com", "tuta.com", "tuta.io", "tutamail.com", "usa.com",
        // Disposable addresses
        "10minutemail.com", "33mail.com", "armyspy.com", "burnermail.io", "byom.de", "cuvox.de", "dayrep.com",
        "discard.email", "dispostable.com", "einrot.com", "emailondeck.com", "fakeinbox.com", "fleckens.hu",
        "getnada.com", "grr.la", "gustr.com", "jourrapide.com", "mailcatch.com", "maildrop.cc", "mailnesia.com",
        "mintemail.com", "moakt.com", "mohmal.com", "mytemp.email", "nada.email", "rhyta.com", "sharklasers.com",
        "spam4.me", "spamgourmet.com", "superrito.com", "teleworm.us", "temp-mail.org", "tempmail.com",
        "throwawaymail.com", "wegwerfmail.de",
        // Austria, Germany, Switzerland
        "a1.net", "aon.at", "arcor.de", "bluewin.ch", "chello.at", "email.de", "freenet.de", "hispeed.ch",
        "kabelmail.de", "mail.de", "online.de", "sunrise.ch", "t-online.de", "vodafone.de", "web.de",
        // Benelux, Scandinavia
        "bredband.net", "casema.nl", "chello.nl", "comhem.se", "hetnet.nl", "home.nl", "jubii.dk", "kpnmail.nl",
        "kpnplanet.nl", "luukku.com", "mail.dk", "online.no", "planet.nl", "proximus.be", "quicknet.nl", "skynet.be",
        "spray.se", "suomi24.fi", "telenet.be", "telia.com", "upcmail.nl", "xs4all.nl", "ziggo.nl",
        // Britain, Ireland
        "blueyonder.co.uk", "btinternet.com", "btopenworld.com", "eircom.net", "ntlworld.com", "o2.co.uk", "sky.com",
        "talktalk.net", "virginmedia.com",
        // Central and eastern Europe
        "abv.bg", "atlas.cz", "azet.sk", "bigmir.net", "bk.ru", "centrum.cz", "centrum.sk", "citromail.hu", "email.cz",
        "freemail.hu", "gazeta.pl", "i.ua", "inbox.lt", "inbox.lv", "inbox.ru", "interia.pl", "internet.ru", "lenta.ru",
        "list.ru", "mail.bg", "mail.ee", "mail.ru", "mail.ua", "meta.ua", "o2.pl", "onet.eu", "onet.pl", "op.pl",
        "poczta.fm", "poczta.onet.pl", "post.cz", "post.sk", "rambler.ru", "seznam.cz", "tlen.pl", "tut.by", "ukr.net",
        "volny.cz", "vp.pl", "wp.pl", "ya.ru", "zoznam.sk",
        // France
        "aliceadsl.fr", "bbox.fr", "club-internet.fr", "free.fr", "laposte.net", "neuf.fr", "numericable.fr",
        "orange.fr", "sfr.fr", "voila.fr",
        // Italy, Portugal, Spain
        "alice.it", "clix.pt", "email.it", "fastwebnet.it", "inwind.it", "iol.it", "iol.pt", "libero.it", "sapo.pt",
        "telefonica.net", "terra.es", "tim.it", "tin.it", "virgilio.it",
        // Asia
        "126.com", "139.com", "163.com", "189.cn", "21cn.com", "aliyun.com", "bezeqint.net", "biglobe.ne.jp",
        "daum.net", "docomo.ne.jp", "ezweb.ne.jp", "foxmail.com", "hanmail.net", "in.com", "kakao.com", "mynet.com",
        "nate.com", "naver.com", "netvision.net.il", "nifty.com", "ocn.ne.jp", "qq.com", "sify.com", "sina.cn",
        "sina.com", "so-net.ne.jp", "softbank.ne.jp", "sohu.com", "tom.com", "vip.qq.com", "walla.co.il", "walla.com",
        "yeah.net",
        // Australia, New Zealand
        "bigpond.com", "bigpond.net.au", "iinet.net.au", "optusnet.com.au", "slingshot.co.nz", "tpg.com.au",
        "westnet.com.au", "xtra.co.nz",
        // Latin America
        "bol.com.br", "globo.com", "globomail.com", "ig.com.br", "oi.com.br", "prodigy.net.mx", "r7.com",
        "terra.com.br", "uol.com.br",
        // North America
        "att.net", "bell.net", "bellsouth.net", "charter.net", "comcast.net", "cox.net", "earthlink.net",
        "frontier.com", "juno.com", "netzero.net", "optonline.net", "pacbell.net", "roadrunner.com", "rogers.com",
        "rr.com", "sbcglobal.net", "shaw.ca", "sympatico.ca", "telus.net", "verizon.net", "videotron.ca",
        "windstream.net");

    /// <param name="domain">The domain, in lower case.</param>
    public static bool Contains(string domain) => Domains.Contains(domain) || IsFamily(domain.Split('.'));

    // The family name must be directly before the public suffix: live.example.com is a company's own host. Any country
    // code counts as a suffix. This refuses a company with the domain live.tv rather than miss an unlisted provider.
    private static bool IsFamily(string[] labels) => labels switch
    {
        [var name, var top] => Families.Contains(name) && (IsCountryCode(top) || Generic.Contains(top)),
        [var name, var second, var top] =>
            Families.Contains(name) && SecondLevel.Contains(second) && IsCountryCode(top),
        _ => false,
    };

    private static bool IsCountryCode(string label) => label.Length == 2;
}
