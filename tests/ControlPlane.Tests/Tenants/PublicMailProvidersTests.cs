using ControlPlane.Leads;
using ControlPlane.Tenants;
using CsCheck;

namespace ControlPlane.Tests.Tenants;

public sealed class PublicMailProvidersTests
{
    private static readonly Gen<string> Family = OneOf(
        "hotmail", "outlook", "live", "msn", "windowslive", "yahoo", "ymail", "rocketmail", "gmx", "yandex", "aol",
        "gmail", "googlemail", "icloud", "protonmail", "tutanota", "fastmail", "zoho", "yopmail");

    private static readonly Gen<string> Suffix = OneOf(
        "com", "net", "org", "es", "fr", "ru", "mx", "eu", "co.uk", "co.jp", "co.in", "com.mx", "com.br", "com.au",
        "com.tr", "ne.jp", "net.au", "org.uk");

    private static readonly Gen<string> Company =
        Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[3, 12].Select(letters => "c" + new string(letters));

    [Fact]
    public void A_provider_is_recognized_under_every_public_suffix() => Gen.Select(Family, Suffix).Sample(
        (family, suffix) => Assert.Contains("public mail provider", Assert.Throws<ControlPlaneException>(() =>
            DomainName.Parse($"{family}.{suffix}", "email")).Message, StringComparison.Ordinal));

    [Fact]
    public void A_company_may_name_a_host_like_a_provider() => Gen.Select(Family, Company, Suffix).Sample(
        (family, company, suffix) => Assert.Equal($"{family}.{company}.{suffix}",
            DomainName.Parse($"{family}.{company}.{suffix}", "domains").Value));

    [Fact]
    public void A_companys_name_may_contain_a_providers_name() => Gen.Select(Family, Company, Suffix).Sample(
        (family, company, suffix) =>
        {
            DomainName.Parse($"{family}{company}.{suffix}", "domains");
            DomainName.Parse($"{family}-{company}.{suffix}", "domains");
        });

    [Theory]
    [InlineData("hotmail.es")]
    [InlineData("yahoo.com.mx")]
    [InlineData("outlook.es")]
    [InlineData("live.co.uk")]
    [InlineData("free.fr")]
    [InlineData("bk.ru")]
    [InlineData("list.ru")]
    [InlineData("ya.ru")]
    [InlineData("rambler.ru")]
    [InlineData("o2.pl")]
    [InlineData("abv.bg")]
    [InlineData("ukr.net")]
    [InlineData("sfr.fr")]
    [InlineData("wanadoo.fr")]
    [InlineData("btinternet.com")]
    [InlineData("bigpond.com")]
    [InlineData("uol.com.br")]
    [InlineData("foxmail.com")]
    [InlineData("hanmail.net")]
    [InlineData("duck.com")]
    [InlineData("tuta.io")]
    [InlineData("guerrillamail.org")]
    [InlineData("gmail.com")]
    [InlineData("me.com")]
    [InlineData("t-online.de")]
    public void An_address_at_a_public_mail_provider_is_refused(string domain) => Assert.Equal("email",
        Assert.Throws<ControlPlaneException>(() => EmailAddress.Parse($"admin@{domain}")).Field);

    [Theory]
    [InlineData("live.mycompany.com")]
    [InlineData("mail.mycompany.co.uk")]
    [InlineData("yahoo.mycompany.com.mx")]
    [InlineData("liverpool.co.uk")]
    [InlineData("alive.com")]
    [InlineData("outlook.agency")]
    [InlineData("live.com.mycompany.com")]
    [InlineData("freefr.fr")]
    public void A_company_with_a_similar_name_is_accepted(string domain) =>
        Assert.Equal(domain, EmailAddress.Parse($"admin@{domain}").Domain.Value);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
