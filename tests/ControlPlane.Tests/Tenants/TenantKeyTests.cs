using ControlPlane.Settings;
using ControlPlane.Tenants;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace ControlPlane.Tests.Tenants;

public sealed class TenantKeyTests
{
    [Fact]
    public void Every_legal_key_is_accepted() => Keys.Legal.Sample(key =>
        Assert.Equal(key, TenantKey.Parse(key, maxLength: TenantKey.MaxConfigurableLength).Value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("abcdefghijk")]
    [InlineData("NewCompany")]
    [InlineData("1company")]
    [InlineData("new-company")]
    [InlineData("new_company")]
    [InlineData("new company")]
    [InlineData(" company")]
    [InlineData("company\n")]
    [InlineData("com\0pany")]
    [InlineData("\u0441ompany")] // Cyrillic es
    [InlineData("c\u03BFmpany")] // Greek omicron
    [InlineData("\uFF43ompany")] // full-width c
    [InlineData("compan\u0443")] // Cyrillic u
    [InlineData("\u212Aompany")] // Kelvin sign, which is a k in lower case
    [InlineData("company\u0661")] // Arabic-Indic one
    [InlineData("compan\u00ED")]
    [InlineData("c\u043Emp\u0430ny")]
    public void Text_that_is_not_a_key_is_refused(string? text)
    {
        var error = Assert.Throws<ControlPlaneException>(() => TenantKey.Parse(text));

        Assert.Equal((ErrorCode.InvalidRequest, "key"), (error.Code, error.Field));
    }

    [Fact]
    public void Any_character_other_than_the_36_is_refused_at_any_position() =>
        Gen.Select(Gen.Char, Gen.Int[0, 3]).Where((c, _) => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c))
            .Sample((c, position) =>
                Assert.Throws<ControlPlaneException>(() => TenantKey.Parse("abc".Insert(position, c.ToString()))));

    [Theory]
    [InlineData("admin")]
    [InlineData("api")]
    [InlineData("autoconfig", 50)]
    [InlineData("autodiscover", 50)]
    [InlineData("hostmaster")]
    [InlineData("isatap")]
    [InlineData("login")]
    [InlineData("mx")]
    [InlineData("mx2")]
    [InlineData("ns1")]
    [InlineData("postmaster")]
    [InlineData("smtp")]
    [InlineData("sso")]
    [InlineData("wpad")]
    [InlineData("www2")]
    [InlineData("keycloak")]
    [InlineData("master")]
    [InlineData("pgdata")]
    [InlineData("platform")]
    [InlineData("postgres")]
    [InlineData("public")]
    [InlineData("template1")]
    [InlineData("temporal")]
    [InlineData("www")]
    public void A_reserved_word_is_refused(string text, int maxLength = TenantKey.MaxLength) =>
        Assert.Equal($"The key '{text}' is reserved; choose another one.",
            Assert.Throws<ControlPlaneException>(() => TenantKey.Parse(text, maxLength: maxLength)).Message);

    [Theory]
    [InlineData("login")]
    [InlineData("mxparts")]
    [InlineData("loginpro")]
    public void A_key_that_is_taken_stays_a_key(string text) =>
        Assert.Equal(text, TenantKey.ParseExisting(text).Value);

    [Theory]
    [InlineData("mxparts")]
    [InlineData("loginpro")]
    [InlineData("ssoft")]
    public void A_word_that_only_begins_like_a_reserved_one_is_a_key(string text) =>
        Assert.Equal(text, TenantKey.Parse(text).Value);

    [Fact]
    public void RESERVED_KEYS_adds_to_the_reserved_words()
    {
        var options = TenantKeyOptions.From(SettingsOf(("RESERVED_KEYS", "shop, partner")));

        Assert.Equal("other", options.Parse("other").Value);
        Assert.All(["shop", "partner", "admin"], word => Assert.Equal(
            $"The key '{word}' is reserved; choose another one.",
            Assert.Throws<ControlPlaneException>(() => options.Parse(word)).Message));
    }

    private static SettingsReader SettingsOf(params (string Name, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build(),
        new HostingEnvironment { EnvironmentName = Environments.Development });

    [Fact]
    public void RESERVED_KEYS_contains_only_keys()
    {
        var e = Assert.Throws<SettingException>(() => TenantKeyOptions.From(SettingsOf(("RESERVED_KEYS", "my-shop"))));

        Assert.Equal("RESERVED_KEYS: found 'my-shop', expected keys of a to z and 0 to 9 that begin with a letter, "
            + "separated by comma or space", e.Message.TrimEnd('.'));
    }
}
